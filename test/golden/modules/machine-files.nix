# The files below /etc that options with other names declare.
let
  sysbuild = import ../../../src/activate/modules;
  etc =
    (sysbuild.machine [
      ./parts/machine.nix
      {
        environment.variables = {
          EDITOR = "vim";
          MANPATH = [
            "/opt/man"
            "$MANPATH"
          ];
        };
        environment.sessionVariables.QUOTED = "a \"b\" `c`";
        environment.shellAliases = {
          ll = "ls -l";
          say = "echo 'it is'";
        };
        boot.kernel.sysctl = {
          "vm.swappiness" = 10;
          "net.ipv4.ip_forward" = true;
          "kernel.gone" = null;
        };
        boot.kernelModules = [ "loop" ];
        boot.blacklistedKernelModules = [ "pcspkr" ];
        time.timeZone = "Europe/Berlin";
        i18n.defaultLocale = "de_DE.UTF-8";
        networking.domain = "example.org";
        networking.hosts."192.0.2.7" = [ "db" ];
        networking.extraHosts = "192.0.2.8 mail";
        networking.nameservers = [ "192.0.2.53" ];
        networking.search = [ "example.org" ];
        networking.interfaces.eth0.dhcp = true;
        networking.interfaces.eth1 = {
          addresses = [
            {
              address = "192.0.2.10";
              prefixLength = 24;
            }
          ];
          gateway = "192.0.2.1";
          mtu = 1400;
        };
        systemd.tmpfiles.rules = [ "d /srv/uploads 0750 www-data www-data 30d" ];
        systemd.tmpfiles.settings.shop."/srv/a b".d = {
          mode = "0750";
          user = "shop";
        };
        users.users.ada = {
          isNormalUser = true;
          openssh.authorizedKeys.keys = [
            "ssh-ed25519 AAAA ada@one"
            "ssh-ed25519 BBBB ada@two"
          ];
        };
        services.openssh.enable = true;
        services.openssh.ports = [ 2222 ];
        services.openssh.settings.AllowUsers = [ "ada" ];
        services.openssh.settings.PermitRootLogin = "no";
        services.openssh.extraConfig = "Match User guest\n  PermitTTY no";
      }
    ]).config.environment.etc;
  ifupdown =
    (sysbuild.machine [
      ./parts/machine.nix
      {
        networking.manager = "ifupdown";
        networking.interfaces.eth1 = {
          dhcp = "ipv4";
          addresses = [
            {
              address = "2001:db8::1";
              prefixLength = 64;
            }
          ];
          gateway = "2001:db8::ffff";
        };
      }
    ]).config.environment.etc;
  show =
    file:
    if file.text == null then
      file.source
    else
      builtins.filter builtins.isString (builtins.split "\n" file.text);
in
builtins.mapAttrs (_: show) etc // { ifupdown = show ifupdown."network/interfaces.d/eth1"; }
