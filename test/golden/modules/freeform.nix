# Definitions without an option go to the freeform type; those with one are of the option's type.
let
  lib = import ../../../src/activate/modules/lib;
  inherit (lib) mkOption types;
  evaluate = modules: (lib.evalModules { inherit modules; }).config;
  settings = types.submodule {
    freeformType = types.attrsOf (types.either types.str types.int);
    options.port = mkOption {
      type = types.port;
      default = 80;
    };
  };
in
{
  top = evaluate [
    {
      freeformType = types.attrsOf types.int;
      options.declared = mkOption {
        type = types.str;
        default = "d";
      };
    }
    { a = 1; }
    {
      b = lib.mkDefault 2;
      c = lib.mkIf false 3;
    }
    { b = lib.mkIf true 4; }
  ];
  deep = evaluate [
    {
      options.group.known = mkOption { type = types.int; };
      config._module.freeformType = types.lazyAttrsOf types.anything;
    }
    {
      group.known = 1;
      group.free.x = 2;
    }
    { group.free.y = 3; }
  ];
  inSubmodule = evaluate [
    { options.settings = mkOption { type = settings; }; }
    {
      settings.user = "me";
      settings.port = 8080;
    }
    { settings.workers = 4; }
  ];
  inFunction = evaluate [
    {
      options.settings = mkOption {
        type = types.attrsOf (
          types.submodule (
            { name, ... }:
            {
              freeformType = types.attrsOf types.str;
              options.label = mkOption {
                type = types.str;
                default = name;
              };
            }
          )
        );
      };
    }
    { settings.one.colour = "red"; }
    { settings.two = { }; }
  ];
  notChecked = evaluate [
    {
      options.x = mkOption { default = 1; };
      config._module.check = false;
    }
    { nowhere = 2; }
  ];
}
