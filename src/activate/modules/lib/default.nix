# The module system and its helpers, as module functions are given them: `lib`.
let
  basics = import ./basics.nix;
  properties = import ./properties.nix { inherit basics; };
  errors = import ./errors.nix { inherit basics; };
  eval = import ./eval.nix { inherit basics properties errors; };
  types = import ./types.nix {
    inherit
      basics
      properties
      errors
      eval
      lib
      ;
  };
  options = import ./options.nix { inherit types; };
  lib =
    basics
    // {
      inherit types;
      inherit (eval) isOption;
      inherit (errors) showOption;
      inherit (options) mkOption mkEnableOption;
      inherit (properties)
        mkIf
        mkMerge
        mkOverride
        mkOptionDefault
        mkDefault
        mkForce
        mkOrder
        mkBefore
        mkAfter
        mkDefinition
        ;
      evalModules = args: eval.evalModules ({ inherit lib; } // args);
    };
in
lib
