let
  lib = import ../../../src/activate/modules/lib;
in
(lib.evalModules {
  modules = [
    {
      options.version = lib.mkOption {
        readOnly = true;
        default = "1";
      };
    }
    ./parts/version.nix
  ];
}).config.version
