builtins.foldl' (sum: n: sum + builtins.length (builtins.match "([a-z]+)-([0-9]+)(\\.[0-9]+)*" "package-${toString n}.4.2")) 0 (builtins.genList (n: n) 100000)
