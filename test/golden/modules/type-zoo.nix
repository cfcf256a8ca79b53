let
  lib = import ../../../src/activate/modules/lib;
  inherit (lib) mkOption types;
  evaluate =
    type: definitions:
    (lib.evalModules {
      modules = [ { options.x = mkOption { inherit type; }; } ] ++ map (x: { inherit x; }) definitions;
    }).config.x;
in
{
  anything = evaluate types.anything [ { a.b = 1; c = [ 1 ]; } { a.d = 2; } ];
  attrs = evaluate types.attrs [ { a = 1; } { b = 2; } ];
  bool = evaluate types.bool [ true true ];
  coerced = evaluate (types.coercedTo types.int toString types.str) [ 5 ];
  commas = evaluate types.commas [ "a" "b" ];
  either = evaluate (types.either types.int (types.listOf types.int)) [ [ 1 ] [ 2 ] ];
  emptyList = evaluate (types.listOf types.int) [ ];
  emptySet = evaluate (types.attrsOf types.int) [ ];
  enum = evaluate (types.enum [ 1 "two" ]) [ "two" ];
  float = evaluate types.float [ 1.5 ];
  function = evaluate (types.functionTo types.lines) [ (n: "a${n}") (n: "b${n}") ] "!";
  ints = evaluate (types.ints.between 1 5) [ 5 ];
  lazy = builtins.attrNames (evaluate (types.lazyAttrsOf types.int) [ { a = throw "not asked for"; } ]);
  matching = evaluate (types.strMatching "[a-z]+") [ "abc" ];
  nested = evaluate (types.attrsOf (types.listOf types.str)) [ { a = [ "x" ]; } { a = [ "y" ]; b = [ ]; } ];
  nothing = evaluate (types.nullOr types.int) [ null ];
  nullNotSet = evaluate (types.nullOr types.int) [ ];
  oneOf = evaluate (types.oneOf [ types.int types.str types.bool ]) [ true ];
  path = evaluate types.path [ "/a/b" ];
  port = evaluate types.port [ 65535 ];
  raw = evaluate types.raw [ { a = 1; } ];
  separated = evaluate (types.separatedString " ") [ "a" "b" ];
  unsigned = evaluate types.ints.unsigned [ 0 ];
}
