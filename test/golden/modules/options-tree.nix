# What is known of options besides their values, without evaluating the configuration.
let
  lib = import ../../../src/activate/modules/lib;
  evaluated = lib.evalModules {
    modules = [
      ./parts/service.nix
      ./parts/alpha.nix
    ];
  };
  inherit (evaluated.options.service) name port;
in
{
  inherit (name) description isDefined;
  name = lib.showOption name.loc;
  type = port.type.description;
  inherit (port) default;
  portDefined = port.isDefined;
  definedAt = map (builtins.replaceStrings [ (toString ./.) ] [ "." ]) name.definedAt;
  declaredAt = map (builtins.replaceStrings [ (toString ./.) ] [ "." ]) name.declaredAt;
}
