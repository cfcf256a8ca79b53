# What is wrong with pieces of nginx's configuration, as its reader sees them.
let
  lib = import ../../../src/activate/modules/lib;
  faultOf = import ../../../src/activate/modules/services/nginx-text.nix { inherit lib; };
in
map (text: [ text (faultOf text) ]) [
  ""
  "# a comment with { and \""
  "a b;"
  "a b"
  "a { b c; }"
  "a { b c }"
  "a { b c;"
  "a b; }"
  "{ a; }"
  ";"
  "a \"b; }\" 'c {';"
  "a \"b;"
  "return 301 https://x/#part;"
  "set $a \"\${b}c\";"
  "rewrite ^/(.*)$ /x?a=$1 last;"
  "location ~ \\.php$ { deny all; }"
  "a \${b};"
  "if ($a ~ \"x{2}\") { return 403; }"
  "a b\\;c;"
  "a x\"y;"
]
