# The system derivation: a folder with manifest.json, which says all that a switch has to know; sw, the joined packages;
# and etc, the files below /etc as links, to look at.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (builtins) attrNames groupBy length;
  cfg = config.system;
  byPath = groupBy (file: file.path) cfg.manifestFiles;
  files = map checked (attrNames byPath);
  checked =
    path:
    let
      found = byPath.${path};
    in
    if length found == 1 then
      builtins.head found
    else
      throw
        "The file ${path} is declared more than once:${
          lib.concatMapStrings (file: "\n  - by ${file.option} in ${file.definedIn}") found
        }";

  package =
    drv:
    let
      parsed = builtins.parseDrvName (drv.name or (baseNameOf (toString drv)));
    in
    {
      name = drv.pname or parsed.name;
      version = drv.version or parsed.version;
      path = "${drv}";
    };

  manifest = {
    format = "sysbuild-manifest";
    version = 2;
    inherit (cfg) name platform;
    inherit (config.networking) hostName;
    sw = "${cfg.build.sw}";
    packages = map package (lib.unique config.environment.packages);
    inherit files;
    inherit (cfg.manifest)
      users
      groups
      probes
      realms
      converge
      settings
      specialisations
      ;
    # Places for what is to come.
    mounts = [ ];
    secrets = [ ];
    boot = null;
  };

  below = file: lib.removePrefix "/etc/" file.path;
  links = lib.concatMapStrings (file: "${below file}\t${file.source or file.target}\n") (
    builtins.filter (file: lib.hasPrefix "/etc/" file.path && file.kind != "directory") files
  );

  system = pkgs.build {
    name = "system-${cfg.name}";
    files = {
      manifest = builtins.toJSON manifest;
      inherit links;
    };
    env.sw = cfg.build.sw;
    script = ''
      mkdir "$out" "$out/etc"
      cp "$manifestPath" "$out/manifest.json"
      ln -s "$sw" "$out/sw"
      while IFS="$(printf '\t')" read -r place source; do
        case $place in */*) mkdir -p "$out/etc/''${place%/*}" ;; esac
        ln -s "$source" "$out/etc/$place"
      done <"$linksPath"
    '';
  };

  failed = builtins.filter (check: !check.assertion) config.assertions;
  warned = builtins.foldl' (value: warning: builtins.warn warning value) system config.warnings;
in
{
  config.system.build.toplevel =
    if failed == [ ] then
      warned
    else
      throw
        "The configuration does not hold together:${
          lib.concatMapStrings (check: "\n  - ${check.message}") failed
        }";
}
