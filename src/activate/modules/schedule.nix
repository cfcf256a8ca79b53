# Work that is done at certain times, as cron did it.
{
  config,
  options,
  lib,
  ...
}:
let
  inherit (lib) mkOption types;
  files = import ./origins.nix options.schedule;

  entry = types.submodule {
    options = {
      at = mkOption {
        type = types.coercedTo types.str (time: [ time ]) (types.nonEmptyListOf types.str);
        example = "Mon..Fri 03:30";
        description = "When: `hourly', `daily', `weekly', `monthly', or calendar events as systemd.time(7) writes them.";
      };
      command = mkOption {
        type = types.nullOr types.str;
        default = null;
        example = "/usr/bin/backup --all";
        description = "What is run: a program's path with its arguments.";
      };
      script = mkOption {
        type = types.lines;
        default = "";
        description = "What is run, for /bin/sh -e, instead of a command.";
      };
      path = mkOption {
        type = types.listOf (types.either types.package types.str);
        default = [ ];
        description = "Packages whose programs come first on the PATH.";
      };
      user = mkOption {
        type = types.str;
        default = "root";
        description = "Who runs it.";
      };
      persistent = mkOption {
        type = types.bool;
        default = true;
        description = "Whether it is made up for when the machine was off.";
      };
      randomDelay = mkOption {
        type = types.nullOr types.str;
        default = null;
        example = "10min";
        description = "By how much the time may be put off, so that not all machines work at once.";
      };
      description = mkOption {
        type = types.singleLineStr;
        default = "";
        description = "What it is, in a few words.";
      };
    };
  };

  said =
    name: value:
    lib.mkDefinition {
      file = files.${name};
      inherit value;
    };
  nameOf = entry: name: if entry.description != "" then entry.description else "Schedule: ${name}";
in
{
  options.schedule = mkOption {
    type = types.attrsOf entry;
    default = { };
    example = {
      clean-up = {
        at = "daily";
        command = "/usr/bin/find /srv/uploads -mtime +30 -delete";
      };
    };
    description = "Work at certain times: for each entry a service and a timer of its name.";
  };

  config = {
    systemd.services = builtins.mapAttrs (
      name: entry:
      said name {
        description = nameOf entry name;
        inherit (entry) script path;
        serviceConfig =
          {
            Type = "oneshot";
            User = entry.user;
          }
          // lib.optionalAttrs (entry.command != null) { ExecStart = entry.command; };
        # A run that is under way is not cut short by a switch.
        restartIfChanged = false;
      }
    ) config.schedule;
    systemd.timers = builtins.mapAttrs (
      name: entry:
      said name {
        description = nameOf entry name;
        wantedBy = [ "timers.target" ];
        timerConfig = {
          OnCalendar = entry.at;
          Persistent = entry.persistent;
          RandomizedDelaySec = entry.randomDelay;
        };
      }
    ) config.schedule;
    assertions = lib.mapAttrsToList (
      name: entry: {
        assertion = (entry.command != null) != (entry.script != "");
        message = "schedule.${name} needs a `command' or a `script', and not both.";
      }
    ) config.schedule;
  };
}
