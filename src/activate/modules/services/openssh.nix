# Logging in over the network. Debian's own ssh.service runs; its configuration is ours, and it is told of changes.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (builtins) isList map;
  inherit (lib) mkOption types;
  cfg = config.services.openssh;
  value = types.nullOr (types.oneOf [
    types.bool
    types.int
    types.str
    (types.listOf types.str)
  ]);
  show =
    value:
    if value == true then
      "yes"
    else if value == false then
      "no"
    else if isList value then
      lib.concatStringsSep " " value
    else
      toString value;
  line = name: value: lib.optionalString (value != null) "${name} ${show value}\n";
  file = "/etc/ssh/sshd_config";
  text =
    "# Declared by services.openssh.\n"
    + lib.concatMapStrings (port: "Port ${toString port}\n") cfg.ports
    + lib.concatMapStrings (address: "ListenAddress ${address}\n") cfg.listenAddresses
    + lib.concatStrings (lib.mapAttrsToList line cfg.settings)
    + lib.concatMapStrings (key: "HostKey ${key}\n") cfg.hostKeys
    + lib.optionalString cfg.sftp.enable "Subsystem sftp ${cfg.sftp.program}\n"
    + lib.optionalString (cfg.extraConfig != "") "${cfg.extraConfig}\n";
in
{
  options.services.openssh = {
    enable = lib.mkEnableOption "logging in with ssh";
    package = mkOption {
      type = types.nullOr types.package;
      default = null;
      description = "The package of sshd; null: Debian's openssh-server, which is installed on the host.";
    };
    ports = mkOption {
      type = types.nonEmptyListOf types.port;
      default = [ 22 ];
      description = "Ports that sshd listens on.";
    };
    listenAddresses = mkOption {
      type = types.listOf types.str;
      default = [ ];
      example = [ "192.0.2.10" ];
      description = "Addresses that sshd listens on; all of the machine's when there are none.";
    };
    hostKeys = mkOption {
      type = types.listOf types.externalPath;
      default = [ ];
      example = [ "/etc/ssh/ssh_host_ed25519_key" ];
      description = "Files of the host's keys; those that its installation made when there are none here.";
    };
    sftp.enable = mkOption {
      type = types.bool;
      default = true;
      description = "Whether files can be copied.";
    };
    sftp.program = mkOption {
      type = types.str;
      default = "/usr/lib/openssh/sftp-server";
      description = "The program that serves files.";
    };
    settings = mkOption {
      type = types.submodule {
        freeformType = types.attrsOf value;
        options = {
          PermitRootLogin = mkOption {
            type = types.enum [
              "yes"
              "no"
              "prohibit-password"
              "forced-commands-only"
            ];
            default = "prohibit-password";
            description = "Whether and how root may log in.";
          };
          PasswordAuthentication = mkOption {
            type = types.bool;
            default = false;
            description = "Whether a password is enough to log in.";
          };
          KbdInteractiveAuthentication = mkOption {
            type = types.bool;
            default = false;
            description = "Whether questions and answers are enough to log in.";
          };
          UsePAM = mkOption {
            type = types.bool;
            default = true;
            description = "Whether PAM has a say in it.";
          };
          X11Forwarding = mkOption {
            type = types.bool;
            default = false;
            description = "Whether windows can be shown elsewhere.";
          };
        };
      };
      default = { };
      example = {
        MaxAuthTries = 3;
        AllowUsers = [ "ada" ];
      };
      description = "Lines of sshd_config(5), by keyword.";
    };
    extraConfig = mkOption {
      type = types.lines;
      default = "";
      description = "Further lines, at the end: the place for `Match'.";
    };
  };

  config = lib.mkIf cfg.enable {
    services.openssh.settings = {
      AuthorizedKeysFile = lib.mkDefault [
        ".ssh/authorized_keys"
        "/etc/ssh/authorized_keys.d/%u"
      ];
      AcceptEnv = lib.mkDefault [
        "LANG"
        "LC_*"
      ];
      PrintMotd = lib.mkDefault false;
    };
    environment.etc."ssh/sshd_config" = {
      inherit text;
      mode = "0600";
    };
    systemd.services.ssh = lib.mkMerge [
      {
        wantedBy = [ "multi-user.target" ];
        # Who is logged in stays so: sshd reads its configuration again.
        reloadTriggers = [ text ];
      }
      (lib.mkIf (cfg.package == null) { overrideStrategy = "asDropin"; })
      (lib.mkIf (cfg.package != null) {
        description = "OpenSSH server";
        after = [
          "network.target"
          "auditd.service"
        ];
        serviceConfig = {
          Type = "notify";
          ExecStartPre = "${cfg.package}/usr/sbin/sshd -t -f ${file}";
          ExecStart = "${cfg.package}/usr/sbin/sshd -D -f ${file}";
          ExecReload = [
            "${cfg.package}/usr/sbin/sshd -t -f ${file}"
            "/bin/kill -HUP $MAINPID"
          ];
          KillMode = "process";
          Restart = "on-failure";
          RuntimeDirectory = "sshd";
          RuntimeDirectoryMode = "0755";
        };
      })
    ];
  };
}
