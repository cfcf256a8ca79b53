# A condition may look at the configuration that it is part of.
(import ./parts/eval.nix [
  ({ config, lib, ... }: { service.name = lib.mkIf (config.service.port == 80) "web"; })
]).service.name
