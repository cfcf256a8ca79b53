# Formats of configuration files: for each a type of what can be said in it, and what writes a file of it. As in
# `settings = mkOption { type = (pkgs.formats.json { }).type; }' and `pkgs.formats.json { }).generate "x.json" settings'.
{ lib, writeText }:
let
  inherit (builtins)
    attrNames
    concatStringsSep
    filter
    isAttrs
    isList
    isString
    map
    match
    toJSON
    ;
  inherit (lib) types;

  atoms = [
    types.bool
    types.int
    types.float
    types.str
    types.path
  ];
  # A value with values inside, of any depth. It has no end, so what is inside is not part of its description.
  tree =
    description: atoms:
    let
      type =
        types.oneOf (
          atoms
          ++ [
            (types.attrsOf type)
            (types.listOf type)
          ]
        )
        // {
          inherit description;
          nested = { };
          combine = _: type;
        };
    in
    type;
  nothing = lib.mkOptionType {
    name = "null";
    description = "null";
    check = value: value == null;
  };
  isPlace = value: isAttrs value && value ? outPath;

  # TOML. Sets are tables; those in lists stand in a line.
  key = name: if match "[A-Za-z0-9_-]+" name != null then name else toJSON name;
  inlineValue =
    value:
    if isList value then
      "[${concatStringsSep ", " (map inlineValue value)}]"
    else if isAttrs value && !isPlace value then
      "{ ${concatStringsSep ", " (map (name: "${key name} = ${inlineValue value.${name}}") (attrNames value))} }"
    else if isString value || builtins.isPath value || isPlace value then
      toJSON "${value}"
    else
      toJSON value;
  tomlTable =
    path: set:
    let
      isTable = name: isAttrs set.${name} && !isPlace set.${name};
      plain = filter (name: !isTable name) (attrNames set);
      tables = filter isTable (attrNames set);
      head =
        if path == [ ] || (plain == [ ] && tables != [ ]) then
          ""
        else
          "[${concatStringsSep "." (map key path)}]\n";
      lines = lib.concatMapStrings (name: "${key name} = ${inlineValue set.${name}}\n") plain;
      inner = map (name: tomlTable (path ++ [ name ]) set.${name}) tables;
    in
    concatStringsSep "\n" (filter (text: text != "") ([ (head + lines) ] ++ inner));

  format =
    type: textOf:
    {
      inherit type;
      generate = name: value: writeText name (textOf value);
    };
  atom =
    types.oneOf ([ nothing ] ++ atoms)
    // {
      description = "null, true or false, a number, a string or a path";
    };
in
{
  json = { }: format (tree "a JSON value" ([ nothing ] ++ atoms)) toJSON;
  # Every JSON text is a YAML text.
  yaml = { }: format (tree "a YAML value" ([ nothing ] ++ atoms)) toJSON;
  toml = { }: format (tree "a TOML value" atoms) (tomlTable [ ]);
  ini =
    {
      listsAsDuplicateKeys ? false,
      ...
    }@options:
    format
      (types.attrsOf (
        types.attrsOf (if listsAsDuplicateKeys then types.either atom (types.listOf atom) else atom)
      ))
      (lib.generators.toINI options);
  keyValue =
    {
      listsAsDuplicateKeys ? false,
      ...
    }@options:
    format
      (types.attrsOf (if listsAsDuplicateKeys then types.either atom (types.listOf atom) else atom))
      (lib.generators.toKeyValue options);
}
