# What module functions can ask for: special arguments, `_module.args`, the name of a submodule.
let
  lib = import ../../../src/activate/modules/lib;
  inherit (lib) mkOption types;
  any = mkOption { type = types.raw; };
  evaluated = lib.evalModules {
    specialArgs = {
      where = ./parts;
      twice = 1;
    };
    modules = [
      (
        { where, ... }:
        {
          imports = [ (where + "/alpha.nix") ];
          options.service.name = any;
          options.fromArgs = any;
          options.all = any;
          options.base = any;
          options.subs = mkOption {
            type = types.attrsOf (
              types.submodule (
                { name, config, ... }:
                {
                  options.name = mkOption { default = name; };
                  options.greeting = mkOption { default = "hello ${config.name}"; };
                }
              )
            );
          };
        }
      )
      {
        _module.args.made = 2;
        _module.args.late = lib.mkDefault "weak";
      }
      { _module.args.late = "strong"; }
      (
        {
          made,
          late,
          twice,
          absent ? "absent",
          ...
        }:
        {
          fromArgs = [
            made
            late
            twice
            absent
          ];
        }
      )
      ({ where, ... }@args: { all = builtins.attrNames args; })
      ({ config, ... }: { base = config._module.args.made + config._module.specialArgs.twice; })
      {
        subs.one = { };
        subs.two = { name, ... }: { config.name = "${name}!"; };
      }
    ];
  };
in
{
  inherit (evaluated.config)
    fromArgs
    subs
    base
    service
    ;
  all = builtins.filter (name: name != "extendModules" && builtins.substring 0 1 name != "_") evaluated.config.all;
  hidden = evaluated.config ? _module;
  inherit (evaluated._module.args) made;
}
