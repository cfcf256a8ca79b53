let
  lib = import ../../../src/activate/modules/lib;
in
(lib.evalModules {
  class = "sysbuild";
  modules = [
    {
      _class = "nixos";
      _file = "elsewhere.nix";
    }
  ];
}).config
