let
  lib = import ../../../src/activate/modules/lib;
in
(lib.evalModules {
  modules = [
    { options.version = lib.mkOption { type = lib.types.uniq lib.types.lines; }; }
    ./parts/version.nix
    { version = "3"; }
  ];
}).config.version
