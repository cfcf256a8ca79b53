# Types of options. A type is { name; description; check; merge; }: `check` looks at one plain value, `merge` is given
# the option's location and at least one checked definition. `empty`, where there is one, gives the value of an option
# at a location without definitions; `nested` the types inside, for documentation.
{
  basics,
  properties,
  errors,
  eval,
  lib,
}:
let
  inherit (builtins)
    all
    concatLists
    concatMap
    concatStringsSep
    elem
    filter
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
    map
    mapAttrs
    match
    removeAttrs
    stringLength
    substring
    tail
    ;
  inherit (basics) hasPrefix isDerivation showValue;

  mkType =
    {
      name,
      description,
      check ? (_: true),
      merge ? mergeEqual,
      ...
    }@type:
    type // { inherit check merge; };

  # One value: the same from everybody, or it is a conflict.
  mergeEqual =
    loc: definitions:
    let
      first = (head definitions).value;
    in
    if length definitions == 1 || all (definition: definition.value == first) (tail definitions) then
      first
    else
      throw (errors.conflict loc definitions);

  mergeOne =
    loc: definitions:
    if length definitions == 1 then
      (head definitions).value
    else
      throw (errors.conflict loc definitions);

  values = map (definition: definition.value);

  simple =
    name: description: check:
    mkType { inherit name description check; };

  joined =
    name: description: separator:
    mkType {
      inherit name description;
      check = isString;
      merge = _: definitions: concatStringsSep separator (values definitions);
    };

  # Attributes merged as deep as they are sets on all sides, lists appended, anything else equal.
  mergeDeep =
    loc: definitions:
    let
      first = (head definitions).value;
      ofKind = check: all (definition: check definition.value) definitions;
    in
    if ofKind (value: isAttrs value && !isDerivation value) then
      mapAttrs (name: found: mergeRest (loc ++ [ name ]) found) (eval.byName definitions)
    else if length definitions == 1 then
      first
    else if ofKind isList then
      concatLists (values definitions)
    else
      mergeEqual loc definitions;
  mergeRest =
    loc: given:
    let
      found = properties.strongest (concatMap properties.discharge given);
    in
    if found == [ ] then null else mergeDeep loc found;

  # `lazy`: an attribute is there as soon as it is named, even if its conditions all turn out false.
  attributes =
    lazy: name: elementType:
    mkType {
      inherit name;
      description = "a set of ${plural elementType}";
      check = isAttrs;
      empty = _: { };
      nested.elementType = elementType;
      merge =
        loc: definitions:
        let
          found = mapAttrs (name: eval.mergeNested (loc ++ [ name ]) elementType) (
            eval.byName (concatMap properties.pushDown definitions)
          );
          gone = filter (name: found.${name} == { }) (builtins.attrNames found);
        in
        mapAttrs (_: entry: entry.value) (if lazy then found else removeAttrs found gone);
    };

  # What a type is called where there are several: "a string" -> "values that are each a string".
  plural = type: "values that are each ${type.description}";

  ints = rec {
    between =
      low: high:
      simple "intBetween" "an integer from ${toString low} to ${toString high}" (
        value: isInt value && low <= value && value <= high
      );
    unsigned = simple "unsignedInt" "an integer, 0 or more" (value: isInt value && value >= 0);
    positive = simple "positiveInt" "an integer over 0" (value: isInt value && value > 0);
    u8 = between 0 255;
    u16 = between 0 65535;
    u32 = between 0 4294967295;
  };
in
rec {
  inherit mkType ints;

  unspecified = mkType {
    name = "unspecified";
    description = "any value";
    merge = mergeDeep;
  };
  anything = unspecified // {
    name = "anything";
  };
  raw = mkType {
    name = "raw";
    description = "any value, from one definition";
    merge = mergeOne;
  };
  attrs = mkType {
    name = "attrs";
    description = "a set";
    check = isAttrs;
    empty = _: { };
    merge = _: definitions: builtins.foldl' (all: set: all // set) { } (values definitions);
  };

  bool = simple "bool" "true or false" isBool;
  int = simple "int" "an integer" isInt;
  float = simple "float" "a floating point number" isFloat;
  number = simple "number" "a number" (value: isInt value || isFloat value);
  port = ints.u16 // {
    name = "port";
    description = "a port number, 0 to 65535";
  };

  str = simple "str" "a string" isString;
  singleLineStr = strMatching "[^\n\r]*" // {
    name = "singleLineStr";
    description = "a string of one line";
  };
  nonEmptyStr = simple "nonEmptyStr" "a string that is not empty" (
    value: isString value && match "[ \t\n]*" value == null
  );
  strMatching =
    pattern:
    simple "strMatching" "a string that matches ${builtins.toJSON pattern}" (
      value: isString value && match pattern value != null
    );
  lines = joined "lines" "text, whose parts are joined by newlines" "\n";
  commas = joined "commas" "a string, whose parts are joined by commas" ",";
  separatedString = separator: joined "separatedString" "a string, whose parts are joined by ${builtins.toJSON separator}" separator;

  # An absolute path: a path value, a string, or what has an outPath.
  path = simple "path" "an absolute path" (
    value: isPath value || isDerivation value || (isString value && hasPrefix "/" value)
  );
  package = simple "package" "a package (a derivation or a store path)" (
    value: isDerivation value || (isString value && hasPrefix (builtins.storeDir + "/") value)
  );

  enum =
    allowed:
    mkType {
      name = "enum";
      description = "one of ${basics.concatMapStringsSep ", " showValue allowed}";
      check = value: elem value allowed;
      inherit allowed;
    };

  nullOr =
    type:
    mkType {
      name = "nullOr";
      description = "null or ${type.description}";
      check = value: value == null || type.check value;
      empty = _: null;
      nested.elementType = type;
      merge =
        loc: definitions:
        let
          given = filter (definition: definition.value != null) definitions;
        in
        if given == [ ] then
          null
        else if length given == length definitions then
          type.merge loc definitions
        else
          throw (errors.conflict loc definitions);
    };

  either =
    a: b:
    mkType {
      name = "either";
      description = "${a.description} or ${b.description}";
      check = value: a.check value || b.check value;
      nested = { inherit a b; };
      merge =
        loc: definitions:
        let
          fit = type: all (definition: type.check definition.value) definitions;
        in
        if fit a then
          a.merge loc definitions
        else if fit b then
          b.merge loc definitions
        else
          throw (errors.conflict loc definitions);
    };
  oneOf = types: builtins.foldl' either (head types) (tail types);

  # A value of type `from` is made one of type `to` by `convert`.
  coercedTo =
    from: convert: to:
    mkType {
      name = "coercedTo";
      description = "${to.description}, or ${from.description} that becomes one";
      check = value: to.check value || (from.check value && to.check (convert value));
      nested = { inherit from to; };
      merge =
        loc: definitions:
        to.merge loc (
          map (
            definition:
            if to.check definition.value then
              definition
            else
              definition // { value = convert definition.value; }
          ) definitions
        );
    };

  addCheck =
    type: check:
    type // { check = value: type.check value && check value; };

  listOf =
    elementType:
    mkType {
      name = "listOf";
      description = "a list of ${plural elementType}";
      check = isList;
      empty = _: [ ];
      nested.elementType = elementType;
      merge =
        loc: definitions:
        concatMap (
          definition:
          concatLists (
            basics.imap1 (
              index: value:
              let
                element = eval.mergeNested (loc ++ [ "[${toString index}]" ]) elementType [
                  (definition // { inherit value; })
                ];
              in
              if element == { } then [ ] else [ element.value ]
            ) definition.value
          )
        ) definitions;
    };
  nonEmptyListOf =
    type:
    addCheck (removeAttrs (listOf type) [ "empty" ]) (value: value != [ ])
    // {
      description = "a list, not empty, of ${plural type}";
    };

  attrsOf = attributes false "attrsOf";
  lazyAttrsOf = attributes true "lazyAttrsOf";

  functionTo =
    result:
    mkType {
      name = "functionTo";
      description = "a function that returns ${result.description}";
      check = isFunction;
      nested.elementType = result;
      merge =
        loc: definitions: argument:
        eval.mergeChecked (loc ++ [ "<result>" ]) result (
          map (definition: definition // { value = definition.value argument; }) definitions
        );
    };

  # A set with options of its own, declared by a module or several; they may take `name`, the attribute it is at.
  submodule =
    modules:
    let
      base = if isList modules then modules else [ modules ];
      isPlain = all (module: isAttrs module && !(module ? imports)) base;
      prepared = eval.prepare base;
      configured =
        loc: definitions:
        if isPlain && all (definition: isAttrs definition.value) definitions then
          eval.configure prepared loc definitions
        else
          (evaluate loc definitions).config;
      evaluate =
        loc: definitions:
        eval.evalModules {
          inherit lib;
          prefix = loc;
          modules = base ++ map asModule definitions;
          specialArgs.name = if loc == [ ] then "" else basics.last loc;
        };
      asModule =
        definition:
        if isAttrs definition.value then
          {
            _file = definition.file;
            config = definition.value;
          }
        else
          {
            _file = definition.file;
            imports = [ definition.value ];
          };
    in
    mkType {
      name = "submodule";
      description = "a set of options";
      check = value: isAttrs value || isFunction value || isPath value;
      empty = loc: configured loc [ ];
      merge = configured;
      getOptions = loc: (evaluate loc [ ]).options;
    };
}
