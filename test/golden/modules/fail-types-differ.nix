let
  lib = import ../../../src/activate/modules/lib;
in
(lib.evalModules {
  modules = [
    ./parts/version-option.nix
    { options.version = lib.mkOption { type = lib.types.int; }; }
  ];
}).config.version
