let
  count = n: if n == 0 then 0 else 1 + count (n - 1);
in
builtins.foldl' (sum: _: sum + count 8000) 0 (builtins.genList (n: n) 60)
