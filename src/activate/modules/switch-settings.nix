# How a switch of the machine goes about it.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
  seconds = types.ints.between 1 86400;
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
    budgets = mkOption {
      type = types.attrsOf types.anything;
      default = { };
      description = "Limits that a switch stays within, by name.";
    };
  };
  config.system.manifest.settings = {
    inherit (config.switch) confirm waits budgets;
  };
}
