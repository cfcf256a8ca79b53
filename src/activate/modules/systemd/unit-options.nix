# The options of units, by kind. All of them are plain sets: a machine may have hundreds of units.
{ lib }:
let
  inherit (lib) mkOption types;
  value = import ./value.nix { inherit lib; };

  section =
    example: description:
    mkOption {
      type = types.attrsOf value.type;
      default = { };
      inherit example description;
    };
  units =
    description:
    mkOption {
      type = types.listOf types.str;
      default = [ ];
      inherit description;
    };
  flag =
    default: description:
    mkOption {
      type = types.bool;
      inherit default description;
    };
  shell =
    description:
    mkOption {
      type = types.lines;
      default = "";
      inherit description;
    };
in
rec {
  common = {
    enable = flag true ''
      Whether the unit may run. A unit that is not enabled is masked: nothing can start it, whoever brings it.
    '';
    overrideStrategy = mkOption {
      type = types.enum [
        "asUnit"
        "asDropin"
      ];
      default = "asUnit";
      description = ''
        `asUnit': the unit is all that is declared here. `asDropin': what is declared here is added to the unit that the
        distribution has.
      '';
    };
    description = mkOption {
      type = types.singleLineStr;
      default = "";
      description = "What the unit is, in a few words.";
    };
    documentation = units "Where to read about it: URIs (`https:`, `man:`, `file:`).";
    requires = units "Units that are started with this one, and without which it cannot be.";
    requisite = units "Units that must be running already when this one starts.";
    wants = units "Units that are started with this one.";
    upholds = units "Units that are started again whenever they end, as long as this one is there.";
    bindsTo = units "Units that this one needs, and ends with.";
    partOf = units "Units that this one is stopped and restarted with.";
    conflicts = units "Units that cannot be there together with this one.";
    before = units "Units that start after this one.";
    after = units "Units that start before this one.";
    onFailure = units "Units that are started when this one fails.";
    onSuccess = units "Units that are started when this one has ended well.";
    wantedBy = units "Units that start this one with them, as `multi-user.target'.";
    requiredBy = units "Units that need this one.";
    upheldBy = units "Units that start this one again whenever it ends.";
    aliases = units "Further names of the unit.";
    unitConfig =
      section
        { ConditionPathExists = "/etc/shop.conf"; }
        "Further directives of the section [Unit].";
    restartTriggers = mkOption {
      type = types.listOf types.unspecified;
      default = [ ];
      description = "Texts and paths: when one of them is another, a switch restarts the unit.";
    };
    reloadTriggers = mkOption {
      type = types.listOf types.unspecified;
      default = [ ];
      description = "Texts and paths: when one of them is another, a switch reloads the unit.";
    };
    stopOnRemoval = flag true "Whether a switch that takes the unit away stops it.";
    onlyManualStart =
      flag false "Whether a switch leaves starting and stopping the unit to people.";
  };

  service = common // {
    serviceConfig = section {
      ExecStart = "/usr/bin/shop --port 8080";
      DynamicUser = true;
    } "Directives of the section [Service].";
    environment = mkOption {
      type = types.attrsOf (types.nullOr (types.oneOf [
        types.str
        types.int
        types.path
        types.package
      ]));
      default = { };
      example = {
        LANG = "C.UTF-8";
      };
      description = "Variables of the processes' environment. systemd replaces `%' specifiers: write `%%' for a percent sign.";
    };
    path = mkOption {
      type = types.listOf (types.either types.package types.str);
      default = [ ];
      description = "Packages (or folders that have a `bin') whose programs come first on the PATH; the host's follow.";
    };
    script =
      shell
        "What the service runs, for /bin/sh -e. It takes the place of `serviceConfig.ExecStart'.";
    scriptArgs = mkOption {
      type = types.str;
      default = "";
      example = "%i";
      description = "The arguments of the script.";
    };
    preStart = shell "What is run before the service starts, for /bin/sh -e.";
    postStart = shell "What is run after the service has started, for /bin/sh -e.";
    reload = shell "What makes the running service read its configuration again, for /bin/sh -e.";
    preStop = shell "What stops the service, for /bin/sh -e.";
    postStop = shell "What is run after the service has ended, for /bin/sh -e.";
    startAt = mkOption {
      type = types.coercedTo types.str (time: [ time ]) (types.listOf types.str);
      default = [ ];
      example = "Sun 14:00";
      description = "When a timer starts the service, as systemd.time(7) writes calendar events.";
    };
    restartIfChanged = flag true "Whether a switch that changes the service restarts it.";
    reloadIfChanged =
      flag false "Whether a switch that changes the service reloads it instead of restarting it.";
    stopIfChanged = flag true ''
      Whether a switch that changes the service stops its old form before anything else changes, rather than restarting
      it in one go after.
    '';
    notSocketActivated =
      flag false "Whether a switch that restarts the service's sockets starts the service as well.";
  };

  socket = common // {
    listenStreams = units "Addresses, ports and paths of stream sockets.";
    listenDatagrams = units "Addresses, ports and paths of datagram sockets.";
    socketConfig = section { SocketMode = "0660"; } "Directives of the section [Socket].";
  };

  timer = common // {
    timerConfig = section {
      OnCalendar = "daily";
      Persistent = true;
    } "Directives of the section [Timer].";
  };

  path = common // {
    pathConfig = section { PathChanged = "/etc/shop.conf"; } "Directives of the section [Path].";
  };

  target = common;

  slice = common // {
    sliceConfig = section { MemoryMax = "1G"; } "Directives of the section [Slice].";
  };

  mount = common // {
    where = mkOption {
      type = types.path;
      example = "/srv/data";
      description = "Where it is mounted.";
    };
    what = mkOption {
      type = types.str;
      example = "/dev/disk/by-label/data";
      description = "What is mounted.";
    };
    type = mkOption {
      type = types.str;
      default = "";
      example = "ext4";
      description = "The type of the file system.";
    };
    options = mkOption {
      type = types.commas;
      default = "";
      example = "noatime,nosuid";
      description = "How it is mounted.";
    };
    mountConfig = section { DirectoryMode = "0755"; } "Directives of the section [Mount].";
  };

  automount = common // {
    inherit (mount) where;
    automountConfig = section { TimeoutIdleSec = "5min"; } "Directives of the section [Automount].";
  };

  # A unit by its text.
  plain = common // {
    text = mkOption {
      type = types.nullOr types.lines;
      default = null;
      description = "The whole text of the unit.";
    };
  };
}
