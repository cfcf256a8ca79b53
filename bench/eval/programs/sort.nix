let
  scrambled = builtins.genList (n: n * 7919 - (n * 7919 / 200003) * 200003) 200000;
in
builtins.elemAt (builtins.sort (a: b: a < b) scrambled) 100000
