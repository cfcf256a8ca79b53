# Which definition wins, and in which order lists and texts are put together.
let
  lib = import ../../../src/activate/modules/lib;
  inherit (lib) mkOption types;
  evaluate =
    option: definitions:
    (lib.evalModules {
      modules = [ { options.x = mkOption option; } ] ++ map (x: { inherit x; }) definitions;
    }).config.x;
  text = evaluate { type = types.str; default = "option"; };
  lines = evaluate { type = types.lines; };
in
{
  none = text [ ];
  default = text [ (lib.mkDefault "default") ];
  plain = text [ (lib.mkDefault "default") "plain" ];
  forced = text [ "plain" (lib.mkForce "forced") (lib.mkDefault "default") ];
  number = text [ (lib.mkOverride 90 "ninety") "plain" ];
  same = text [ (lib.mkForce "same") (lib.mkForce "same") ];
  outer = text [ (lib.mkForce (lib.mkDefault "outer wins")) "plain" ];
  beside = evaluate { type = types.listOf types.int; default = [ 1 ]; } [ (lib.mkOptionDefault [ 2 ]) ];
  instead = evaluate { type = types.listOf types.int; default = [ 1 ]; } [ [ 2 ] ];
  order = lines [ (lib.mkAfter "last") (lib.mkOrder 1200 "fourth") "third" (lib.mkOrder 700 "second") (lib.mkBefore "first") ];
  orderInForce = lines [ (lib.mkForce (lib.mkAfter "b")) (lib.mkForce "a") "no" ];
  merged = lines [ (lib.mkMerge [ "a" (lib.mkIf false "b") (lib.mkIf true (lib.mkAfter "c")) ]) ];
  pushed = (
    evaluate { type = types.attrsOf types.int; } [
      (lib.mkForce { a = 1; })
      { a = 2; b = 3; }
    ]
  );
  inside = evaluate { type = types.attrsOf types.int; } [ { a = lib.mkForce 1; } { a = 2; b = 3; } ];
  asserted = text [ (lib.mkAssert true "never seen" "held") ];
}
