# Files below /etc.
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
  files = fileEntry.originsOf options.environment.etc;
in
{
  options.environment.etc = lib.mkOption {
    type = lib.types.attrsOf fileEntry.type;
    default = { };
    example = {
      motd.text = "Welcome.\n";
      "ssl/key.pem" = {
        source = "./key.pem";
        mode = "0600";
      };
    };
    description = "Files below /etc, by their path from there.";
  };

  config.system.manifestFiles = lib.mapAttrsToList (
    name:
    fileEntry.record {
      option = [
        "environment"
        "etc"
      ];
      path = "/etc/${name}";
      inherit name files;
    }
  ) (lib.filterAttrs (_: entry: entry.enable) config.environment.etc);
}
