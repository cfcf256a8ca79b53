# Evaluates modules beside service.nix.
modules:
let
  lib = import ../../../../src/activate/modules/lib;
in
(lib.evalModules { modules = [ ./service.nix ] ++ modules; }).config
