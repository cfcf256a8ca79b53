# Everything that does not hold is told at once.
let
  sysbuild = import ../../../src/activate/modules;
in
(sysbuild.machine [
  ./parts/machine.nix
  {
    systemd.services.nothing.wantedBy = [ "multi-user.target" ];
    systemd.services.both = {
      script = "true";
      serviceConfig.ExecStart = "/bin/true";
    };
    schedule.empty.at = "daily";
    users.users.somebody = { };
    users.groups.some.members = [ "nobody-declared" ];
    environment.variables."A B" = "c";
    realms.divergent."relative" = "no";
    converge.x = {
      kind = "apt";
      after = [ "y" ];
    };
    services.nginx.enable = true;
    services.nginx.virtualHosts.a = {
      forceSSL = true;
      locations."/".extraConfig = "deny all";
    };
    services.postgresql = {
      enable = true;
      version = "15";
      ensureUsers = [
        {
          name = "a";
          ensureDBOwnership = true;
        }
      ];
    };
  }
]).drvPath
