# What stands after the = of a unit file's line: one value, or a list for a directive that may be there many times.
{ lib }:
let
  inherit (builtins)
    all
    any
    concatMap
    head
    isAttrs
    isBool
    isFloat
    isInt
    isList
    isPath
    isString
    length
    map
    ;
  isOne =
    value:
    value == null
    || isBool value
    || isInt value
    || isFloat value
    || isString value
    || isPath value
    || (isAttrs value && value ? outPath);
  values = map (definition: definition.value);
in
rec {
  # null takes a directive away that another module wrote with less priority.
  type = lib.mkOptionType {
    name = "unitValue";
    description = "a value of a unit file (true or false, a number, a string, a path), or a list of them";
    check = value: if isList value then all isOne value else isOne value;
    merge =
      loc: definitions:
      if any (definition: isList definition.value) definitions then
        concatMap (value: if isList value then value else [ value ]) (values definitions)
      else if length definitions == 1 then
        (head definitions).value
      else
        lib.types.anything.merge loc definitions;
  };

  show =
    value:
    if value == true then
      "true"
    else if value == false then
      "false"
    else if isPath value then
      "${value}"
    else
      toString value;

  # One line each; "" for null.
  lines =
    name: value:
    if isList value then
      lib.concatMapStrings (lines name) value
    else if value == null then
      ""
    else
      let
        text = show value;
      in
      if builtins.match "[^\n]*" text == null then
        throw
          "A line of a unit file cannot have a line break in it: ${name}=${builtins.toJSON text}"
      else
        "${name}=${text}\n";

  # A section by its directives, in the order of their names; nothing where it has none.
  section =
    name: directives:
    let
      text = lib.concatStrings (lib.mapAttrsToList lines directives);
    in
    lib.optionalString (text != "") "[${name}]\n${text}";
}
