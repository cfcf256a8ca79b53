# Time zone and language.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
in
{
  options.time.timeZone = mkOption {
    type = types.nullOr (types.strMatching "[A-Za-z0-9_+/-]+");
    default = null;
    example = "Europe/Berlin";
    description = "The time zone, as it is named below /usr/share/zoneinfo. Without it the machine's own stays.";
  };
  options.i18n.defaultLocale = mkOption {
    type = types.nullOr (types.strMatching "[A-Za-z0-9_.@-]+");
    default = null;
    example = "de_DE.UTF-8";
    description = "The language of programs. Without it the machine's own stays.";
  };

  config.environment.etc = {
    localtime = lib.mkIf (config.time.timeZone != null) {
      source = "/usr/share/zoneinfo/${config.time.timeZone}";
      kind = "symlink";
    };
    timezone = lib.mkIf (config.time.timeZone != null) { text = "${config.time.timeZone}\n"; };
    "locale.conf" = lib.mkIf (config.i18n.defaultLocale != null) {
      text = "LANG=${config.i18n.defaultLocale}\n";
    };
    "default/locale" = lib.mkIf (config.i18n.defaultLocale != null) {
      text = "LANG=${config.i18n.defaultLocale}\n";
    };
  };
}
