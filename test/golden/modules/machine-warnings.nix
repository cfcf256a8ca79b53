# Directives that are nearly the name of one that systemd knows.
let
  sysbuild = import ../../../src/activate/modules;
in
(sysbuild.machine [
  ./parts/machine.nix
  {
    systemd.services.shop = {
      serviceConfig = {
        ExecStart = "/usr/bin/shop";
        ExecStrat = "/usr/bin/shop";
        execReload = "/bin/true";
        MemoryMax = "1G";
        RuntimeDirectory = "shop";
        SomethingOfLaterVersions = true;
        X-Ours = 1;
      };
      unitConfig.Requirez = "x.service";
    };
    systemd.timers.shop.timerConfig.OnCalender = "daily";
    systemd.targets.shop.unitConfig.AllowIsolate = true;
  }
]).config.warnings
