# A module that is imported twice counts once; imports are found relative to the module.
(import ./parts/eval.nix [
  { imports = [ ./parts/alpha.nix ]; }
  { imports = [ ./parts/alpha.nix ./parts/beta-off.nix ]; }
  { service.words = [ "x" ]; }
]).service
