let
  lib = import ../../../src/activate/modules/lib;
in
(lib.evalModules {
  modules = [
    ./parts/version-option.nix
    ./parts/version-group.nix
  ];
}).config.version
