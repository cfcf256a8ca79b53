# A static web site from texts, by shell and awk. Each page is rendered by a derivation of its own, so that a changed
# page is rendered alone; and where it renders to the same HTML as before (a comment was changed), the site is not
# put together again.
{ pkgs }:
let
  names = map (file: builtins.head (builtins.split "[.]txt$" file)) (
    builtins.attrNames (builtins.readDir ./pages)
  );

  # A folder with the page's title and its body as HTML.
  render =
    name:
    pkgs.build {
      name = "page-${name}";
      env.page = ./pages + "/${name}.txt";
      env.renderer = ./render.awk;
      script = ''
        mkdir "$out"
        sed -n 's/^title: *//p' "$page" >"$out/title"
        awk -f "$renderer" "$page" >"$out/body.html"
      '';
    };
in
pkgs.build {
  name = "site";
  env = {
    pages = map (name: "${name}=${render name}") names;
    template = ./template.html;
    style = ./style.css;
  };
  script = builtins.readFile ./assemble.sh;
}
