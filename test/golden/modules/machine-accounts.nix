# What the manifest says of accounts, health, realms and switches.
let
  sysbuild = import ../../../src/activate/modules;
  machine = sysbuild.machine [
    ./parts/machine.nix
    (
      { lib, ... }:
      {
        users.users.ada = {
          isNormalUser = true;
          description = "Ada Lovelace";
          shell = {
            type = "derivation";
            name = "zsh-5.9";
            pname = "zsh";
            outPath = "/nix/store/00000000000000000000000000000000-zsh-5.9";
          };
          extraGroups = [ "sudo" ];
          passwordFile = "/etc/secrets/ada";
        };
        users.users.shop = {
          isSystemUser = true;
          uid = 900;
          group = "www-data";
          home = "/var/lib/shop";
        };
        users.users.old = {
          isNormalUser = true;
          locked = true;
        };
        users.users.root.openssh.authorizedKeys.keys = [ "ssh-ed25519 AAAA admin" ];
        users.groups.editors = {
          gid = 2000;
          members = [ "ada" ];
        };
        health.probes.site.http = "http://localhost/";
        health.probes.database.command = [ "/usr/bin/pg_isready" ];
        health.probes.port = {
          tcp = "localhost:22";
          timeout = 2;
        };
        health.probes.unit.unit = "nginx.service";
        health.probes.off = {
          enable = false;
          unit = "x.service";
        };
        realms.divergent."/var/lib/postgresql/**" = "the shop's data";
        realms.convergent."/srv/uploads".reason = "kept by tmpfiles";
        converge.nginx = {
          kind = "apt";
          settings.packages = [ "nginx" ];
          triggers = [ "nginx.service" ];
        };
        converge.check = {
          kind = "command";
          settings.check = [ "/bin/true" ];
          settings.apply = [ "/bin/false" ];
          after = [ "nginx" ];
        };
        switch.confirm = 120;
        switch.budgets.disk = 1073741824;
        specialisation.quiet.configuration = { lib, ... }: { health.probes = lib.mkForce { }; };
      }
    )
  ];
in
builtins.mapAttrs (
  name: value: if name == "specialisations" then map (form: form.name) value else value
) machine.config.system.manifest
