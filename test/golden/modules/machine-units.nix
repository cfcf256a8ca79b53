# Units of every kind: their texts, and what is on the machine of them.
let
  sysbuild = import ../../../src/activate/modules;
  machine = sysbuild.machine [
    ./parts/machine.nix
    {
      systemd.services.shop = {
        description = "The shop";
        documentation = [ "https://shop.example" ];
        wantedBy = [ "multi-user.target" ];
        requiredBy = [ "shop.target" ];
        aliases = [ "store.service" ];
        requires = [ "postgresql.service" ];
        after = [
          "postgresql.service"
          "network.target"
        ];
        environment = {
          LANG = "C.UTF-8";
          MOTTO = "say \"yes\"";
          GONE = null;
        };
        path = [ "/opt/shop" ];
        preStart = "mkdir -p /run/shop";
        script = "exec shop --serve";
        scriptArgs = "%n";
        serviceConfig = {
          User = "shop";
          Restart = "on-failure";
          LimitNOFILE = 4096;
          ExecStartPre = "+/bin/true";
        };
        unitConfig.ConditionPathExists = [
          "/etc/shop.conf"
          "!/run/maintenance"
        ];
        restartTriggers = [ "a text with\nlines" ];
        reloadTriggers = [ { a = 1; } ];
        stopIfChanged = false;
      };
      systemd.services.backup = {
        script = "shop backup";
        startAt = "03:00";
        restartIfChanged = false;
      };
      systemd.services.ssh = {
        overrideStrategy = "asDropin";
        serviceConfig.MemoryMax = "1G";
        wantedBy = [ "multi-user.target" ];
      };
      systemd.services.apache2.enable = false;
      systemd.services."worker@".script = "exec worker %i";
      systemd.services."worker@one.two" = {
        overrideStrategy = "asDropin";
        wantedBy = [ "shop.target" ];
      };
      systemd.sockets.shop = {
        listenStreams = [
          "8080"
          "/run/shop.sock"
        ];
        socketConfig.SocketMode = "0660";
      };
      systemd.paths.shop.pathConfig.PathChanged = "/etc/shop.conf";
      systemd.targets.shop.wants = [ "shop.service" ];
      systemd.slices.shop.sliceConfig.MemoryMax = "2G";
      systemd.mounts = [
        {
          what = "tmpfs";
          where = "/srv/scratch-pad/.x";
          type = "tmpfs";
          options = "size=10m";
        }
      ];
      systemd.automounts = [ { where = "/srv/archive"; automountConfig.TimeoutIdleSec = 60; } ];
      systemd.units."apt-daily.timer".enable = false;
      systemd.units."own.service".text = "[Service]\nExecStart=/bin/true\n";
      schedule.clean = {
        at = [ "daily" "Sun 12:00" ];
        command = "/usr/bin/clean --all";
        randomDelay = "5min";
        user = "shop";
      };
    }
    { systemd.services.shop.after = [ "late.service" ]; systemd.services.shop.serviceConfig.ExecStartPre = [ "/bin/second" ]; }
  ];
  inherit (machine.config) system;
  inherit (machine.config.systemd) services;
  isUnit = file: builtins.substring 0 20 file.path == "/etc/systemd/system/";
  short =
    file:
    [
      (builtins.substring 20 (-1) file.path)
      file.option
    ]
    ++ (if file ? target then [ file.target ] else [ ]);
in
{
  # What refers to the store is the same text wherever the store is.
  texts = builtins.mapAttrs (
    _: text: builtins.filter builtins.isString (builtins.split "\n" text)
  ) system.unitTexts;
  files = map short (builtins.filter isUnit system.manifestFiles);
  preStart = services.shop.preStart;
}
