# Modules that others leave out, by path and by key, with what they alone import; `imports` in a circle.
let
  lib = import ../../../src/activate/modules/lib;
  inherit (lib) mkOption types;
  list = mkOption {
    type = types.listOf types.str;
    default = [ ];
  };
  evaluate = modules: (lib.evalModules { modules = [ { options.seen = list; } ] ++ modules; }).config.seen;
  keyed = key: {
    inherit key;
    imports = [
      {
        key = "${key}-inner";
        seen = [ "${key}-inner" ];
      }
    ];
    seen = [ key ];
  };
in
{
  all = evaluate [
    (keyed "a")
    (keyed "b")
    (keyed "a")
  ];
  byKey = evaluate [
    (keyed "a")
    (keyed "b")
    { disabledModules = [ { key = "a"; } ]; }
  ];
  byPath = evaluate [
    ./parts/seen.nix
    { disabledModules = [ ./parts/seen.nix ]; }
  ];
  notDisabled = evaluate [ ./parts/seen.nix ];
  shared = evaluate [
    (keyed "a")
    {
      imports = [
        {
          key = "a-inner";
          seen = [ "a-inner" ];
        }
      ];
      disabledModules = [ { key = "a"; } ];
    }
  ];
}
