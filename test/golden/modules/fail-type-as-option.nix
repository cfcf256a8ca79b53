let
  lib = import ../../../src/activate/modules/lib;
in
(lib.evalModules {
  modules = [ ./parts/version-type.nix ];
}).config.version
