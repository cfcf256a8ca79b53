let
  sysbuild = import ../../../src/activate/modules;
in
(sysbuild.machine [
  ./parts/machine.nix
  {
    _file = "probes.nix";
    health.probes.site = {
      http = "http://localhost/";
      unit = "nginx.service";
    };
  }
]).drvPath
