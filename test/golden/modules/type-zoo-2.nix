# More types: what they take, what they make of it, and what comes of no definition.
let
  lib = import ../../../src/activate/modules/lib;
  inherit (lib) mkOption types;
  evaluate =
    type: definitions:
    (lib.evalModules {
      modules = [ { options.x = mkOption { inherit type; }; } ] ++ map (x: { inherit x; }) definitions;
    }).config.x;
  refuses = type: value: !(builtins.tryEval (builtins.deepSeq (evaluate type [ value ]) true)).success;
  module = { options.a = mkOption { default = 1; }; };
in
{
  boolByOr = evaluate types.boolByOr [ false true ];
  lazyGone = builtins.attrNames (evaluate (types.lazyAttrsOf types.int) [ { a = lib.mkIf false 1; } ]);
  lazyEmpty = evaluate (types.lazyAttrsOf (types.nullOr types.int)) [ { a = lib.mkIf false 1; } ];
  gone = evaluate (types.attrsOf types.int) [ { a = lib.mkIf false 1; } ];
  uniq = evaluate (types.uniq types.int) [ 1 ];
  nonEmpty = evaluate (types.nonEmptyListOf types.int) [ [ 1 ] [ 2 ] ];
  passwd = evaluate (types.passwdEntry types.str) [ "A Name" ];
  with_ = evaluate (types.attrsWith { elemType = types.int; }) [ { a = 1; } ];
  submoduleNothing = evaluate (types.submodule module) [ ];
  submoduleEmpty = evaluate (types.submodule module) [ { } ];
  submoduleModule = evaluate (types.submodule module) [ { a = 2; } (_: { config.a = lib.mkForce 3; }) ];
  submoduleList = evaluate (types.listOf (types.submodule module)) [ [ { } ] [ { a = 2; } ] ];
  submoduleWith = evaluate (types.submoduleWith {
    modules = [ ({ extra, ... }: { options.a = mkOption { default = extra; }; }) ];
    specialArgs.extra = "extra";
  }) [ { } { options.b = mkOption { default = 2; }; } ];
  nullSubmodule = evaluate (types.nullOr (types.submodule module)) [ ];
  coerced = evaluate (types.attrsOf (types.coercedTo types.str (a: { inherit a; }) (types.submodule module))) [
    { x = "text"; y.a = 5; z = { }; }
  ];
  eitherSubmodule = evaluate (types.either types.str (types.submodule module)) [ { a = 7; } ];
  anythingDeep = evaluate types.anything [
    { a.b = lib.mkDefault 1; }
    { a.b = 2; a.c = lib.mkIf true "c"; }
  ];
  anythingFunction = (evaluate types.anything [ { f = x: { a = x; }; } { f = x: { b = x; }; } ]).f 1;
  functions = evaluate (types.functionTo (types.attrsOf types.int)) [ (n: { a = n; }) (n: { b = n; }) ] 5;
  applied = (lib.evalModules {
    modules = [ { options.x = mkOption { type = types.int; apply = n: n * 2; }; } { x = 21; } ];
  }).config.x;
  deferred = (lib.evalModules {
    modules = [ module ] ++ [ (evaluate types.deferredModule [ { a = 9; } ]) ];
  }).config.a;
  refused = {
    unsigned = refuses types.ints.unsigned (-1);
    positive = refuses types.ints.positive 0;
    between = refuses (types.ints.between 1 3) 4;
    s8 = refuses types.ints.s8 128;
    port = refuses types.port 65536;
    matching = refuses (types.strMatching "[a-z]+") "a1";
    nonEmptyStr = refuses types.nonEmptyStr " ";
    singleLine = refuses types.singleLineStr "a\nb";
    path = refuses types.path "relative";
    package = refuses types.package "/tmp";
    emptyList = refuses (types.nonEmptyListOf types.int) [ ];
    passwd = refuses (types.passwdEntry types.str) "a:b";
    number = refuses types.number "1";
    enum = refuses (types.enum [ 1 2 ]) 3;
    inList = refuses (types.listOf types.int) [ 1 "2" ];
    inSet = refuses (types.attrsOf types.int) { a = "1"; };
    check = refuses (types.addCheck types.int (n: n > 5)) 5;
    external = refuses types.externalPath "/nix/store/x";
    anythingLists = !(builtins.tryEval (builtins.deepSeq (evaluate types.anything [ [ 1 ] [ 2 ] ]) true)).success;
    uniqTwice = !(builtins.tryEval (evaluate (types.uniq types.int) [ 1 1 ])).success;
    float = refuses types.float 1;
    boolInt = refuses types.bool 1;
  };
}
