# The pages as HTML: each text in pages/ is a title, an empty line, and paragraphs.
{ pkgs }:
pkgs.build {
  name = "shop-site";
  env = {
    pages = ./pages;
    style = ./style.css;
  };
  script = builtins.readFile ./render.sh;
}
