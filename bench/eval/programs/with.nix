let
  scope = builtins.listToAttrs (builtins.genList (n: { name = "v${toString n}"; value = n; }) 200);
in
builtins.foldl' (sum: n: with scope; sum + v1 + v100 + v199 + n) 0 (builtins.genList (n: n) 300000)
