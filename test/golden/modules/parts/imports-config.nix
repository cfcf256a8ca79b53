# Whether a module is imported cannot depend on the configuration.
let
  lib = import ../../../../src/activate/modules/lib;
in
(lib.evalModules {
  modules = [
    ./version-option.nix
    ({ config, ... }: { imports = if config.version == "2" then [ ./version.nix ] else [ ]; })
  ];
}).config.version
