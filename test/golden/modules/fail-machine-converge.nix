let
  sysbuild = import ../../../src/activate/modules;
in
(sysbuild.machine [
  ./parts/machine.nix
  ./parts/converge.nix
]).drvPath
