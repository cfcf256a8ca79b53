# Files anywhere on the machine.
{
  config,
  options,
  lib,
  pkgs,
  definedIn,
  ...
}:
let
  fileEntry = import ./file-entry.nix { inherit lib pkgs definedIn; };
  files = fileEntry.originsOf options.files;
in
{
  options.files = lib.mkOption {
    type = lib.types.attrsOf fileEntry.type;
    default = { };
    example = {
      "/srv/www" = {
        source = "pkgs.site";
        kind = "symlink";
      };
    };
    description = "Files by their absolute path. What is below /etc is better declared as `environment.etc'.";
  };

  config.system.manifestFiles = lib.mapAttrsToList (
    name:
    fileEntry.record {
      option = [ "files" ];
      path = name;
      inherit name files;
    }
  ) (lib.filterAttrs (_: entry: entry.enable) config.files);
}
