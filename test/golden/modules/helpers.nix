# The helpers that modules find in `lib`.
let
  lib = import ../../../src/activate/modules/lib;
  inherit (lib) id;
in
with lib;
{
  functions = {
    pipe = pipe 1 [ (n: n + 1) (n: n * 10) ];
    flip = flip (a: b: a - b) 1 5;
    fix = (fix (self: { a = 1; b = self.a + 1; })).b;
    min = [ (min 1 2) (min 2 1) ];
    max = [ (max 1 2) (max 2 1) ];
    mod = [ (mod 10 3) (mod 9 3) ];
    boolToString = [ (boolToString true) (boolToString false) ];
    throwIf = throwIf false "no" 1;
    throwIfNot = throwIfNot true "no" 2;
    assertMsg = assertMsg true "no";
    versions = [ (versionAtLeast "1.10" "1.9") (versionOlder "1.10" "1.9") ];
    warnIf = warnIf false "no" 3;
  };
  lists = {
    singleton = singleton 1;
    toList = [ (toList 1) (toList [ 1 ]) ];
    drop = [ (drop 1 [ 1 2 3 ]) (drop 5 [ 1 ]) ];
    take = [ (take 2 [ 1 2 3 ]) (take 5 [ 1 ]) ];
    sublist = sublist 1 2 [ 1 2 3 4 ];
    reverseList = reverseList [ 1 2 3 ];
    foldr = foldr (a: b: "${a}(${b})") "end" [ "a" "b" ];
    findFirst = [ (findFirst (n: n > 1) 0 [ 1 2 3 ]) (findFirst (n: n > 5) 0 [ 1 ]) ];
    count = count (n: n > 1) [ 1 2 3 ];
    remove = remove 1 [ 1 2 1 ];
    subtractLists = subtractLists [ 1 ] [ 1 2 3 ];
    intersectLists = intersectLists [ 1 2 ] [ 2 3 1 ];
    mutuallyExclusive = [ (mutuallyExclusive [ 1 ] [ 2 ]) (mutuallyExclusive [ 1 ] [ 1 ]) ];
    zipLists = zipLists [ 1 2 3 ] [ "a" "b" ];
    sortOn = sortOn (n: 0 - n) [ 1 3 2 ];
    naturalSort = naturalSort [ "a10" "a9" ];
    flatten = flatten [ 1 [ 2 [ 3 ] ] ];
    last = last [ 1 2 ];
    init = init [ 1 2 ];
    unique = unique [ 1 2 1 ];
    imap0 = imap0 (i: v: [ i v ]) [ "a" ];
    imap1 = imap1 (i: v: [ i v ]) [ "a" ];
    range = [ (range 1 3) (range 3 1) ];
    optionals = [ (optional true 1) (optionals false [ 1 ]) ];
  };
  sets = {
    getAttrFromPath = getAttrFromPath [ "a" "b" ] { a.b = 1; };
    hasAttrByPath = [ (hasAttrByPath [ "a" "b" ] { a.b = 1; }) (hasAttrByPath [ "a" "c" ] { a.b = 1; }) ];
    attrByPath = attrByPath [ "a" "x" ] "fallback" { a.b = 1; };
    setAttrByPath = setAttrByPath [ "a" "b" ] 1;
    attrVals = attrVals [ "b" "a" ] { a = 1; b = 2; };
    getAttrs = getAttrs [ "a" ] { a = 1; b = 2; };
    concatMapAttrs = concatMapAttrs (n: v: { "${n}1" = v; "${n}2" = v; }) { a = 1; };
    mergeAttrsList = mergeAttrsList [ { a = 1; } { a = 2; b = 3; } ];
    foldlAttrs = foldlAttrs (all: n: v: all + n + toString v) "" { a = 1; b = 2; };
    attrsToList = attrsToList { a = 1; };
    mapAttrsRecursive = mapAttrsRecursive (path: v: concatStringsSep "." path + toString v) { a.b = 1; c = 2; };
    mapAttrsRecursiveCond = mapAttrsRecursiveCond (set: !(set ? stop)) (_: v: if isAttrs v then "set" else v) { a.stop = 1; b.c = 2; };
    collect = collect isInt { a = 1; b.c = 2; b.d = "x"; };
    filterAttrs = filterAttrs (n: v: n == "a" || v == 3) { a = 1; b = 2; c = 3; };
    mapAttrs' = mapAttrs' (n: v: nameValuePair "x${n}" (v + 1)) { a = 1; };
    genAttrs = genAttrs [ "a" "b" ] (n: n + n);
    recursiveUpdate = recursiveUpdate { a.b = 1; a.c = 2; } { a.b = 3; };
    optionalAttrs = [ (optionalAttrs true { a = 1; }) (optionalAttrs false { a = 1; }) ];
  };
  strings = {
    hasInfix = [ (hasInfix "b.c" "ab.cd") (hasInfix "b.c" "abxcd") ];
    hasPrefix = [ (hasPrefix "a" "ab") (hasPrefix "b" "ab") ];
    hasSuffix = [ (hasSuffix "b" "ab") (hasSuffix "abc" "c") ];
    removePrefix = [ (removePrefix "a" "ab") (removePrefix "x" "ab") ];
    removeSuffix = [ (removeSuffix "b" "ab") (removeSuffix "x" "ab") ];
    escape = escape [ "$" ] "a$b";
    escapeRegex = escapeRegex "a.b[c]";
    escapeShellArg = map escapeShellArg [ "plain" "it's" "" ];
    splitString = [ (splitString "." "a.b..c") (splitString "/" "") ];
    cases = [ (toLower "ÄAb") (toUpper "aB1") ];
    trim = map trim [ "  a b \n" "" " " "x" ];
    concatMapAttrsStringSep = concatMapAttrsStringSep ", " (n: v: "${n}=${v}") { a = "1"; b = "2"; };
    concatImapStringsSep = concatImapStringsSep "-" (i: v: toString i + v) [ "a" "b" ];
    concatMapStringsSep = concatMapStringsSep "," id [ "a" "b" ];
    concatLines = concatLines [ "a" "b" ];
    fixedWidthString = fixedWidthString 5 "0" "42";
    makeBinPath = makeBinPath [ "/a" "/b" ];
    makeSearchPath = makeSearchPath "lib" [ "/a" "/b" ];
    stringToCharacters = stringToCharacters "abc";
    optionalString = [ (optionalString true "a") (optionalString false "a") ];
  };
  generators = {
    toKeyValue = generators.toKeyValue { } { a = 1; b = true; c = "x"; };
    duplicates = generators.toKeyValue { listsAsDuplicateKeys = true; } { a = [ 1 2 ]; };
    toINI = generators.toINI { } { one.a = 1; two.b = "x"; };
    toJSON = generators.toJSON { } { a = [ 1 ]; };
  };
}
