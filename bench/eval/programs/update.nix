let
  grow = n: set: if n == 0 then set else grow (n - 1) (set // { "key${toString n}" = n; });
in
builtins.foldl' (sum: name: sum + (grow 4000 { }).${name}) 0 [ "key1" "key2000" ] + builtins.length (builtins.attrNames (grow 4000 { }))
