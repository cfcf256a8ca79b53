let
  words = builtins.genList (n: "word-${toString n}-${builtins.substring 0 3 (builtins.hashString "sha256" (toString n))}") 60000;
  text = builtins.concatStringsSep " " words;
in
builtins.stringLength (builtins.replaceStrings [ "word" "-1" ] [ "w" "_" ] text)
