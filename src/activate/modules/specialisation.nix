# Other forms of the same machine, which can be switched to by name.
{
  config,
  lib,
  extendModules,
  ...
}:
let
  inherit (lib) mkOption types;
  form = types.submodule {
    options.configuration = mkOption {
      type = types.deferredModule;
      default = { };
      description = "What this form declares besides; `lib.mkForce' for what it declares otherwise.";
    };
  };
  systemOf =
    form:
    (extendModules {
      # A form has no forms of its own.
      modules = [
        form.configuration
        { specialisation = lib.mkOverride 0 { }; }
      ];
    }).config.system.build.toplevel;
in
{
  options.specialisation = mkOption {
    type = types.attrsOf form;
    default = { };
    example = {
      maintenance.configuration.services.nginx.enable = false;
    };
    description = "Other forms of the machine: each is all of this configuration, and what it declares besides.";
  };
  config.system.manifest.specialisations = lib.mapAttrsToList (
    name: form: {
      inherit name;
      system = "${systemOf form}";
    }
  ) config.specialisation;
}
