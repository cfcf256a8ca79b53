let
  lib = import ../../../src/activate/modules/lib;
in
(lib.evalModules {
  modules = [
    { freeformType = lib.types.attrsOf lib.types.int; }
    ./parts/version.nix
  ];
}).config.version
