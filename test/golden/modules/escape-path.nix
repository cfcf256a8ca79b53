# Names of mount units: what systemd-escape --path says.
let
  lib = import ../../../src/activate/modules/lib;
  escape = import ../../../src/activate/modules/systemd/escape-path.nix { inherit lib; };
in
map escape [
  "/"
  "/srv/data"
  "/a//b/"
  "/srv/my-data"
  "/.hidden"
  "/a/.hidden"
  "/with space/and:colon"
  "/back\\slash/\"quote\"/$dollar"
]
