# What must hold of a configuration besides the types of its options, and what its author should hear.
{ lib, ... }:
let
  inherit (lib) mkOption types;
in
{
  options.assertions = mkOption {
    type = types.listOf (types.submodule {
      options = {
        assertion = mkOption {
          type = types.bool;
          description = "What must be true.";
        };
        message = mkOption {
          type = types.str;
          description = "What to tell when it is not.";
        };
      };
    });
    default = [ ];
    example = [
      {
        assertion = true;
        message = "the shop needs a database";
      }
    ];
    description = "Conditions without which the machine is not built.";
  };

  options.warnings = mkOption {
    type = types.listOf types.str;
    default = [ ];
    description = "Sentences shown whenever the machine is evaluated.";
  };
}
