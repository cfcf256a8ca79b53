# A configuration with more modules, and one as a type in another.
let
  lib = import ../../../src/activate/modules/lib;
  inherit (lib) mkOption types;
  base = lib.evalModules {
    specialArgs.who = "base";
    modules = [
      (
        { who, config, ... }:
        {
          options.n = mkOption { type = types.int; default = 1; };
          options.who = mkOption { default = who; };
          options.twice = mkOption { default = config.n * 2; };
        }
      )
    ];
  };
  more = base.extendModules {
    modules = [ { n = 5; } ];
    specialArgs.who = "more";
  };
  inside = lib.evalModules {
    modules = [
      {
        options.machine = mkOption { inherit (base) type; };
        config.machine.n = 7;
      }
    ];
  };
in
{
  base = base.config;
  more = more.config;
  evenMore = (more.extendModules { modules = [ { n = lib.mkForce 9; } ]; }).config;
  inside = inside.config.machine;
}
