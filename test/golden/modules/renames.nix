# Options with an old name: definitions go to the new one, with their priority; the old name reads the new value.
let
  lib = import ../../../src/activate/modules/lib;
  inherit (lib) mkOption types;
  base = {
    options.warnings = mkOption {
      type = types.listOf types.str;
      default = [ ];
    };
    options.assertions = mkOption {
      type = types.listOf types.raw;
      default = [ ];
    };
    options.new.name = mkOption {
      type = types.str;
      default = "default";
    };
    options.new.list = mkOption {
      type = types.listOf types.int;
      default = [ ];
    };
    imports = [
      (lib.mkRenamedOptionModule [ "old" "name" ] [ "new" "name" ])
      (lib.mkAliasOptionModule [ "alias" ] [ "new" "list" ])
      (lib.mkRemovedOptionModule [ "gone" ] "Use `new.name'.")
      (lib.mkChangedOptionModule [ "oldPort" ] [ "port" ] (config: toString config.oldPort))
    ];
    options.port = mkOption {
      type = types.str;
      default = "none";
    };
  };
  show =
    definitions:
    let
      inherit ((lib.evalModules { modules = [ base ] ++ definitions; })) config;
    in
    {
      inherit (config) new port;
      old = config.old.name;
      warned = builtins.length config.warnings;
      failed = builtins.length (builtins.filter (check: !check.assertion) config.assertions);
    };
in
{
  nobody = show [ ];
  old = show [ { old.name = "by the old name"; } ];
  weak = show [
    { old.name = lib.mkDefault "weak"; }
    { new.name = "strong"; }
  ];
  forced = show [
    { old.name = lib.mkForce "forced"; }
    { new.name = "plain"; }
  ];
  notIf = show [ { old.name = lib.mkIf false "no"; } ];
  alias = show [
    { alias = [ 1 ]; }
    { new.list = [ 2 ]; }
  ];
  removed = show [ { gone = true; } ];
  changed = show [ { oldPort = 80; } ];
}
