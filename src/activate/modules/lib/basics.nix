# What the rest of the library needs of lists, strings and sets beyond the builtins, named as is usual.
let
  inherit (builtins)
    attrNames
    concatLists
    concatMap
    concatStringsSep
    elem
    elemAt
    filter
    foldl'
    genList
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
    listToAttrs
    map
    match
    removeAttrs
    replaceStrings
    stringLength
    substring
    tail
    toJSON
    ;
in
rec {
  # Lists.
  optional = condition: value: if condition then [ value ] else [ ];
  optionals = condition: values: if condition then values else [ ];
  flatten = value: if isList value then concatMap flatten value else [ value ];
  last = list: elemAt list (length list - 1);
  init = list: genList (elemAt list) (length list - 1);
  take = count: list: genList (elemAt list) (if count < length list then count else length list);
  # Each value once, at its first place.
  unique = foldl' (seen: value: if elem value seen then seen else seen ++ [ value ]) [ ];
  imap0 = f: list: genList (index: f index (elemAt list index)) (length list);
  imap1 = f: list: genList (index: f (index + 1) (elemAt list index)) (length list);
  range = first: end: genList (index: first + index) (if end < first then 0 else end - first + 1);

  # Strings.
  optionalString = condition: text: if condition then text else "";
  concatStrings = concatStringsSep "";
  concatMapStrings = f: list: concatStrings (map f list);
  concatMapStringsSep = separator: f: list: concatStringsSep separator (map f list);
  concatLines = concatMapStrings (line: line + "\n");
  hasPrefix = prefix: text: substring 0 (stringLength prefix) text == prefix;
  hasSuffix =
    suffix: text:
    let
      start = stringLength text - stringLength suffix;
    in
    start >= 0 && substring start (-1) text == suffix;
  removePrefix =
    prefix: text:
    if hasPrefix prefix text then substring (stringLength prefix) (-1) text else text;
  removeSuffix =
    suffix: text:
    if hasSuffix suffix text then
      substring 0 (stringLength text - stringLength suffix) text
    else
      text;
  stringToCharacters = text: genList (index: substring index 1 text) (stringLength text);
  # One word for the shell, whatever it holds.
  escapeShellArg =
    value:
    let
      text = toString value;
    in
    if match "[[:alnum:],._+:@%/-]+" text != null then
      text
    else
      "'${replaceStrings [ "'" ] [ "'\\''" ] text}'";
  escapeShellArgs = concatMapStringsSep " " escapeShellArg;

  # Sets.
  optionalAttrs = condition: set: if condition then set else { };
  nameValuePair = name: value: { inherit name value; };
  genAttrs = names: f: listToAttrs (map (name: nameValuePair name (f name)) names);
  mapAttrsToList = f: set: map (name: f name set.${name}) (attrNames set);
  mapAttrs' = f: set: listToAttrs (mapAttrsToList f set);
  filterAttrs = keep: set: removeAttrs set (filter (name: !keep name set.${name}) (attrNames set));
  attrByPath =
    path: fallback: set:
    if path == [ ] then
      set
    else if isAttrs set && set ? ${head path} then
      attrByPath (tail path) fallback set.${head path}
    else
      fallback;
  setAttrByPath =
    path: value:
    if path == [ ] then value else { ${head path} = setAttrByPath (tail path) value; };
  recursiveUpdate =
    old: new:
    old
    // builtins.mapAttrs
      (
        name: value:
        if isAttrs value && isAttrs (old.${name} or null) then
          recursiveUpdate old.${name} value
        else
          value
      )
      new;
  isDerivation = value: isAttrs value && value.type or null == "derivation";

  # Functions.
  id = value: value;
  const = value: _: value;

  # A value on one line, for messages: nested up to two levels, long strings cut.
  showValue =
    let
      cut = text: if stringLength text > 60 then substring 0 57 text + "..." else text;
      show =
        depth: value:
        if isString value then
          toJSON (cut (builtins.unsafeDiscardStringContext value))
        else if isPath value || isInt value || isFloat value then
          toString value
        else if isBool value then
          (if value then "true" else "false")
        else if value == null then
          "null"
        else if isFunction value then
          "<function>"
        else if isDerivation value then
          "<derivation ${value.name or "?"}>"
        else if isList value then
          if value == [ ] then
            "[ ]"
          else if depth == 0 then
            "[ ... ]"
          else
            "[ ${concatStringsSep " " (map (show (depth - 1)) (take 4 value))}${
              optionalString (length value > 4) " ..."
            } ]"
        else if value == { } then
          "{ }"
        else if depth == 0 then
          "{ ... }"
        else
          let
            names = attrNames value;
          in
          "{ ${
            concatMapStrings (name: "${name} = ${show (depth - 1) value.${name}}; ") (take 4 names)
          }${optionalString (length names > 4) "... "}}";
    in
    show 2;

  inherit concatLists concatMap concatStringsSep;
}
