# A module with options of many types.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
in
{
  options.service = {
    enable = lib.mkEnableOption "the service";
    name = mkOption {
      type = types.str;
      description = "Its name.";
    };
    port = mkOption {
      type = types.port;
      default = 80;
    };
    level = mkOption {
      type = types.enum [
        "low"
        "high"
      ];
      default = "low";
    };
    words = mkOption {
      type = types.listOf types.str;
      default = [ ];
    };
    text = mkOption {
      type = types.lines;
      default = "";
    };
    hosts = mkOption {
      type = types.attrsOf (
        types.submodule (
          { name, config, ... }:
          {
            options = {
              name = mkOption {
                type = types.str;
                default = name;
              };
              alias = mkOption {
                type = types.nullOr types.str;
                default = null;
              };
              label = mkOption {
                type = types.str;
                default = "${config.name}/${if config.alias == null then "-" else config.alias}";
              };
            };
          }
        )
      );
      default = { };
    };
  };
  options.summary = mkOption { type = types.str; };
  config.summary = lib.mkIf config.service.enable "${config.service.name}:${toString config.service.port}";
}
