# Folders and files that are made, cleaned and removed while the machine runs: tmpfiles.d(5).
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.systemd.tmpfiles;

  entry = types.submodule {
    options = {
      mode = mkOption {
        type = types.strMatching "-|[~:]*[0-7]{3,4}";
        default = "-";
        description = "The permissions, in octal.";
      };
      user = mkOption {
        type = types.str;
        default = "-";
        description = "The owner.";
      };
      group = mkOption {
        type = types.str;
        default = "-";
        description = "The group.";
      };
      age = mkOption {
        type = types.str;
        default = "-";
        example = "10d";
        description = "How old what is inside may become before it is removed.";
      };
      argument = mkOption {
        type = types.singleLineStr;
        default = "";
        description = "What the line's type wants besides: a content, the target of a link.";
      };
    };
  };

  # A path or an argument with spaces in it is one word.
  word = text: if builtins.match ".*[ \t\"\\\\].*" text == null then text else builtins.toJSON text;
  line =
    path: type: entry:
    "${type} ${word path} ${entry.mode} ${entry.user} ${entry.group} ${entry.age} ${entry.argument}";
  textOf =
    paths:
    lib.concatLines (
      builtins.concatLists (
        lib.mapAttrsToList (path: types: lib.mapAttrsToList (line path) types) paths
      )
    );
in
{
  options.systemd.tmpfiles = {
    rules = mkOption {
      type = types.listOf types.singleLineStr;
      default = [ ];
      example = [ "d /srv/uploads 0750 www-data www-data 30d -" ];
      description = "Lines as tmpfiles.d(5) has them.";
    };
    settings = mkOption {
      type = types.attrsOf (types.attrsOf (types.attrsOf entry));
      default = { };
      example = {
        shop."/srv/uploads".d = {
          mode = "0750";
          user = "www-data";
          age = "30d";
        };
      };
      description = "The same by file, path and type of the line.";
    };
  };

  config.environment.etc = lib.mkMerge [
    (lib.mkIf (cfg.rules != [ ]) {
      "tmpfiles.d/sysbuild.conf".text = lib.concatLines cfg.rules;
    })
    (
      lib.mapAttrs'
        (name: paths: lib.nameValuePair "tmpfiles.d/${name}.conf" { text = textOf paths; })
        cfg.settings
    )
  ];
}
