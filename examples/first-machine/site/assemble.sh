# Puts rendered pages ($pages: NAME=FOLDER ...) into the template, each with a menu of all.
mkdir "$out"
cp "$style" "$out/style.css"

menu=
for page in $pages; do
  name=${page%%=*}
  menu="$menu<li><a href=\"$name.html\">$(cat "${page#*=}/title")</a></li>"
done

for page in $pages; do
  name=${page%%=*} folder=${page#*=}
  awk -v menu="$menu" -v title="$(cat "$folder/title")" -v body="$folder/body.html" '
    /@body@/ { while ((getline line <body) > 0) print line; next }
    { gsub(/@title@/, title); gsub(/@menu@/, menu); print }
  ' "$template" >"$out/$name.html"
done
