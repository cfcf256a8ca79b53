let
  value = builtins.genList (n: { name = "package-${toString n}"; version = "1.${toString n}"; deps = builtins.genList (k: k + n) 8; meta = { broken = false; description = "the ${toString n}th of them"; license = null; }; }) 35000;
  text = builtins.toJSON value;
in
builtins.stringLength text + builtins.length (builtins.fromJSON text)
