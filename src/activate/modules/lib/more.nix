# Further helpers under their usual names, for configurations rather than for the module system itself.
{ basics }:
let
  inherit (builtins)
    attrNames
    compareVersions
    concatMap
    concatStringsSep
    elem
    elemAt
    filter
    foldl'
    genList
    hasAttr
    head
    isAttrs
    isBool
    isList
    isString
    length
    map
    mapAttrs
    match
    replaceStrings
    stringLength
    tail
    ;
  inherit (basics)
    attrByPath
    id
    mapAttrsToList
    nameValuePair
    stringToCharacters
    take
    ;
  letters = stringToCharacters;
  lower = "abcdefghijklmnopqrstuvwxyz";
  upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
in
rec {
  inherit (builtins)
    add
    all
    any
    attrNames
    attrValues
    catAttrs
    deepSeq
    elem
    elemAt
    filter
    foldl'
    fromJSON
    functionArgs
    genList
    groupBy
    hasAttr
    head
    isAttrs
    isBool
    isFloat
    isFunction
    isInt
    isList
    isPath
    isString
    length
    lessThan
    listToAttrs
    mapAttrs
    match
    partition
    readFile
    removeAttrs
    replaceStrings
    seq
    sort
    split
    splitVersion
    stringLength
    sub
    substring
    tail
    toJSON
    trace
    tryEval
    typeOf
    zipAttrsWith
    ;

  # Functions and conditions.
  pipe = foldl' (value: f: f value);
  flip = f: a: b: f b a;
  fix =
    f:
    let
      result = f result;
    in
    result;
  min = a: b: if a < b then a else b;
  max = a: b: if a > b then a else b;
  mod = a: b: a - b * (a / b);
  boolToString = value: if value then "true" else "false";
  warn = builtins.warn;
  warnIf = condition: text: if condition then warn text else id;
  throwIf = condition: text: if condition then throw text else id;
  throwIfNot = condition: throwIf (!condition);
  assertMsg = condition: text: if condition then true else throw text;
  versionAtLeast = a: b: compareVersions a b >= 0;
  versionOlder = a: b: compareVersions a b < 0;
  importJSON = file: builtins.fromJSON (builtins.readFile file);

  # Lists.
  singleton = value: [ value ];
  toList = value: if isList value then value else [ value ];
  drop =
    count: list:
    if count >= length list then
      [ ]
    else
      genList (index: elemAt list (index + count)) (length list - count);
  sublist = start: count: list: take count (drop start list);
  reverseList = list: genList (index: elemAt list (length list - 1 - index)) (length list);
  foldr = f: end: list: foldl' (rest: value: f value rest) end (reverseList list);
  findFirst =
    wanted: fallback: list:
    let
      found = filter wanted list;
    in
    if found == [ ] then fallback else head found;
  count = wanted: list: length (filter wanted list);
  remove = value: filter (other: other != value);
  subtractLists = without: filter (value: !elem value without);
  intersectLists = other: filter (value: elem value other);
  mutuallyExclusive = a: b: intersectLists a b == [ ];
  zipListsWith =
    f: a: b:
    genList (index: f (elemAt a index) (elemAt b index)) (min (length a) (length b));
  zipLists = zipListsWith (fst: snd: { inherit fst snd; });
  sortOn = key: builtins.sort (a: b: key a < key b);
  naturalSort = builtins.sort (a: b: compareVersions a b < 0);

  # Sets.
  getAttrFromPath =
    path: set:
    attrByPath path (throw "there is no attribute `${concatStringsSep "." path}'") set;
  hasAttrByPath =
    path: set:
    path == [ ]
    || (isAttrs set && hasAttr (head path) set && hasAttrByPath (tail path) set.${head path});
  attrVals = names: set: map (name: set.${name}) names;
  getAttrs = names: set: basics.genAttrs names (name: set.${name});
  concatMapAttrs = f: set: mergeAttrsList (mapAttrsToList f set);
  mergeAttrsList = foldl' (all: set: all // set) { };
  foldlAttrs = f: start: set: foldl' (value: name: f value name set.${name}) start (attrNames set);
  attrsToList = mapAttrsToList nameValuePair;
  mapAttrsRecursive = mapAttrsRecursiveCond (_: true);
  mapAttrsRecursiveCond =
    enter: f:
    let
      go =
        path:
        mapAttrs (
          name: value:
          let
            here = path ++ [ name ];
          in
          if isAttrs value && enter value then go here value else f here value
        );
    in
    go [ ];
  collect =
    wanted: value:
    if wanted value then
      [ value ]
    else if isAttrs value then
      concatMap (collect wanted) (builtins.attrValues value)
    else
      [ ];

  # Strings.
  hasInfix = part: text: length (builtins.split (escapeRegex part) text) > 1;
  escape = characters: replaceStrings characters (map (character: "\\${character}") characters);
  escapeRegex = escape (letters "\\[{()^$?*+|.");
  splitString = separator: text: filter isString (builtins.split (escapeRegex separator) text);
  toLower = replaceStrings (letters upper) (letters lower);
  toUpper = replaceStrings (letters lower) (letters upper);
  trim =
    text:
    let
      found = head (match "[ \t\r\n]*(.*[^ \t\r\n])?[ \t\r\n]*" text);
    in
    if found == null then "" else found;
  concatMapAttrsStringSep = separator: f: set: concatStringsSep separator (mapAttrsToList f set);
  concatImapStringsSep = separator: f: list: concatStringsSep separator (basics.imap1 f list);
  fixedWidthString =
    width: filler: text:
    if stringLength text >= width then text else fixedWidthString width filler (filler + text);
  isStringLike =
    value:
    isString value || builtins.isPath value || value ? outPath || value ? __toString;
  makeBinPath = packages: concatStringsSep ":" (map (package: "${package}/bin") packages);
  makeSearchPath =
    folder: packages:
    concatStringsSep ":" (map (package: "${package}/${folder}") packages);
  getExe = package: "${package}/bin/${package.meta.mainProgram or package.pname or package.name}";
  getExe' = package: name: "${package}/bin/${name}";

  # Texts of common forms.
  generators = rec {
    mkValueStringDefault =
      { }: value:
      if isBool value then
        boolToString value
      else if value == null then
        "null"
      else
        toString value;
    mkKeyValueDefault =
      {
        mkValueString ? mkValueStringDefault { },
      }:
      separator: key: value: "${escape [ separator ] key}${separator}${mkValueString value}";
    toKeyValue =
      {
        mkKeyValue ? mkKeyValueDefault { } "=",
        listsAsDuplicateKeys ? false,
        indent ? "",
      }:
      set:
      let
        line = key: value: "${indent}${mkKeyValue key value}\n";
        lines =
          key: value:
          concatMap (one: [ (line key one) ]) (
            if listsAsDuplicateKeys then toList value else [ value ]
          );
      in
      concatStringsSep "" (concatMap id (mapAttrsToList lines set));
    toINI =
      {
        mkSectionName ? (name: escape [ "[" "]" ] name),
        mkKeyValue ? mkKeyValueDefault { } "=",
        listsAsDuplicateKeys ? false,
      }:
      sections:
      concatStringsSep "\n" (
        mapAttrsToList
          (
            name: section:
            "[${mkSectionName name}]\n${toKeyValue { inherit mkKeyValue listsAsDuplicateKeys; } section}"
          )
          sections
      );
    toJSON = _: builtins.toJSON;
  };
  inherit (generators) toKeyValue toINI;
}
