let
  lib = import ../../../src/activate/modules/lib;
in
(lib.evalModules {
  modules = [
    { options.x = lib.mkOption { type = lib.types.lazyAttrsOf lib.types.int; }; }
    { x.a = lib.mkIf false 1; }
  ];
}).config.x.a
