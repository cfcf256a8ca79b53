# Links the folders of $packages into $out. A folder that one package alone has is one link; where several have it, it
# becomes a folder of ours with links inside.
mkdir "$out"

# The package folder that a link in $out leads to becomes a real folder with links to what is in it.
open_folder() {
  from=$(readlink "$1")
  rm "$1"
  mkdir "$1"
  for inner in "$from"/* "$from"/.[!.]*; do
    [ -e "$inner" ] || [ -L "$inner" ] || continue
    ln -s "$inner" "$1/${inner##*/}"
  done
}

join() { # SOURCE TARGET: both are folders
  for entry in "$1"/* "$1"/.[!.]*; do
    [ -e "$entry" ] || [ -L "$entry" ] || continue
    place="$2/${entry##*/}"
    if [ ! -e "$place" ] && [ ! -L "$place" ]; then
      ln -s "$entry" "$place"
    elif [ -d "$entry" ] && [ -d "$place" ]; then
      [ ! -L "$place" ] || open_folder "$place"
      join "$entry" "$place"
    elif [ "$(readlink -f "$entry")" != "$(readlink -f "$place")" ]; then
      echo "two packages have the file ${place#"$out"/}:" >&2
      echo "  $entry" >&2
      echo "  $(readlink "$place")" >&2
      echo "leave one of them out of environment.packages" >&2
      exit 1
    fi
  done
}

for package in $packages; do
  join "$package" "$out"
done
