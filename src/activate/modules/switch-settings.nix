# How a switch of the machine goes about it.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
  seconds = types.ints.between 1 86400;
  budget =
    description:
    mkOption {
      type = types.nullOr types.ints.unsigned;
      default = null;
      inherit description;
    };
in
{
  options.switch = {
    confirm = mkOption {
      type = types.nullOr seconds;
      default = null;
      example = 120;
      description = "Seconds within which somebody has to confirm a switch, or it is undone; null: nobody has to.";
    };
    waits = mkOption {
      type = seconds;
      default = 90;
      description = "Seconds that one unit may take to start or to stop.";
    };
    budgets = {
      disk = budget "Bytes that stay free on every file system that a switch writes to.";
      inodes = budget "Inodes that stay free there.";
      reserve = budget "Bytes that are kept aside for the switch itself.";
      phase = budget "Seconds that one phase of a switch may take.";
    };
  };
  config.system.manifest.settings = {
    inherit (config.switch) confirm waits;
    budgets = lib.filterAttrs (_: value: value != null) config.switch.budgets;
  };
}
