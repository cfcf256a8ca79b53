# Renders every page of $pages into $out.
mkdir "$out"
cp "$style" "$out/style.css"
for page in "$pages"/*.txt; do
  name=${page##*/}
  awk '
    function escape(text) { gsub(/&/, "\\&amp;", text); gsub(/</, "\\&lt;", text); return text }
    NR == 1 {
      title = escape($0)
      print "<!doctype html>\n<meta charset=\"utf-8\">\n<title>" title "</title>"
      print "<link rel=\"stylesheet\" href=\"/style.css\">\n<h1>" title "</h1>"
      next
    }
    /^$/ { open = 0; next }
    !open { printf "%s<p>", (NR > 3 ? "\n" : ""); open = 1 }
    { print escape($0) }
  ' "$page" >"$out/${name%.txt}.html"
done
