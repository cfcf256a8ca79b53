let
  sysbuild = import ../../../src/activate/modules;
in
(sysbuild.machine [
  ./parts/machine.nix
  ./parts/typo-service.nix
]).drvPath
