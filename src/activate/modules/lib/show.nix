# Values as text in the language, for people: what is long or deep is cut, what has no text is named.
{ basics }:
let
  inherit (builtins)
    attrNames
    concatStringsSep
    isAttrs
    isBool
    isFunction
    isList
    isPath
    isString
    length
    map
    match
    split
    toJSON
    ;
  inherit (basics) take optional isDerivation;

  name = text: if match "[A-Za-z_][A-Za-z0-9_'-]*" text != null then text else toJSON text;
  indented = text: concatStringsSep "\n  " (builtins.filter isString (split "\n" text));
  block =
    open: close: entries:
    "${open}${basics.concatMapStrings (entry: "\n  ${indented entry}") entries}\n${close}";
  # Many entries, or long ones, stand below one another.
  together =
    open: close: entries:
    let
      line = "${open} ${concatStringsSep " " entries} ${close}";
    in
    if entries == [ ] then
      "${open} ${close}"
    else if builtins.stringLength line <= 80 && match ".*\n.*" line == null then
      line
    else
      block open close entries;
  limited = most: list: show: map show (take most list) ++ optional (length list > most) "...";
  string =
    value:
    let
      text = builtins.unsafeDiscardStringContext value;
    in
    if match ".*\n.*" text == null then
      builtins.replaceStrings [ "\${" ] [ "\\\${" ] (toJSON text)
    else
      "''\n  ${
        indented (
          builtins.replaceStrings
            [
              "''"
              "\${"
            ]
            [
              "'''"
              "''\${"
            ]
            text
        )
      }''";

  show =
    depth: value:
    if isString value then
      string value
    else if isPath value then
      toString value
    else if isBool value then
      (if value then "true" else "false")
    else if value == null then
      "null"
    else if isFunction value then
      "<function>"
    else if isDerivation value then
      "<derivation ${value.name or "?"}>"
    else if isAttrs value && (value._type or "") == "literalExpression" then
      value.text
    else if isAttrs value && (value._type or "") == "literalMD" then
      value.text
    else if isAttrs value && (value._type or "") == "option-type" then
      "<type: ${value.description}>"
    else if isList value then
      if depth == 0 && value != [ ] then
        "[ ... ]"
      else
        together "[" "]" (limited 40 value (show (depth - 1)))
    else if isAttrs value then
      if depth == 0 && value != { } then
        "{ ... }"
      else
        together "{" "}" (
          limited 60 (attrNames value) (attr: "${name attr} = ${show (depth - 1) value.${attr}};")
        )
    else
      toString value;
in
show 6
