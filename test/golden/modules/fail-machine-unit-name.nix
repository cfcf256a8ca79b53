let
  sysbuild = import ../../../src/activate/modules;
in
(sysbuild.machine [
  ./parts/machine.nix
  { systemd.services."a b".script = "true"; }
]).drvPath
