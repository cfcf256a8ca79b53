builtins.foldl' (sum: n: sum + n * 3) 0 (builtins.genList (n: n) 1000000)
