# The words of the module system's errors. Each names the option, every definition with its file and line, and what
# to do about it.
{ basics }:
let
  inherit (builtins)
    attrNames
    concatMap
    elemAt
    filter
    foldl'
    genList
    isAttrs
    length
    map
    match
    sort
    stringLength
    substring
    toJSON
    ;
  inherit (basics) concatMapStrings concatMapStringsSep concatStringsSep;

  # Levenshtein distance, one row of the table at a time.
  distance =
    a: b:
    let
      width = stringLength b;
      step =
        row: i:
        foldl' (
          next: j:
          let
            least = x: y: if x < y then x else y;
            replaced = elemAt row j + (if substring i 1 a == substring j 1 b then 0 else 1);
          in
          next ++ [ (least replaced (1 + least (elemAt row (j + 1)) (elemAt next j))) ]
        ) [ (i + 1) ] (genList (j: j) width);
    in
    elemAt (foldl' step (genList (j: j) (width + 1)) (genList (i: i) (stringLength a))) width;
in
rec {
  showOption = concatMapStringsSep "." (
    part:
    if match "[A-Za-z_][A-Za-z0-9_'-]*|<[a-z-]+>|[[][0-9]+]|[*]" part != null then
      part
    else
      toJSON part
  );

  showPlace =
    definition:
    let
      pos = definition.pos or null;
    in
    if pos == null then
      definition.file
    else
      "${pos.file}:${toString pos.line}:${toString pos.column}";

  showDefinitions = concatMapStrings (
    definition: "\n  - ${basics.showValue definition.value}  at ${showPlace definition}"
  );

  # The names among `candidates` that were probably meant, best first.
  nearest = name: nearestWithin (stringLength name / 3 + 1) name;
  nearestWithin =
    limit: name: candidates:
    let
      near = filter (entry: entry.distance <= limit) (map (candidate: {
        inherit candidate;
        distance = distance name candidate;
      }) candidates);
    in
    map (entry: entry.candidate) (sort (a: b: a.distance < b.distance) near);

  # Every option below a tree of options, as a list of locations.
  optionPaths =
    prefix: tree:
    if tree._type or null == "option" then
      [ prefix ]
    else if isAttrs tree then
      concatMap (name: optionPaths (prefix ++ [ name ]) tree.${name}) (attrNames tree)
    else
      [ ];

  # `unknown` is { loc; definitions; }, `options` the tree that has no such option, `prefix` the place of that tree.
  unknownOption =
    prefix: options: unknown:
    let
      inside = basics.attrByPath (basics.init unknown.local) { } options;
      name = basics.last unknown.local;
      siblings = map (candidate: prefix ++ basics.init unknown.local ++ [ candidate ]) (
        nearest name (attrNames inside)
      );
      elsewhere = filter (path: basics.last path == name) (optionPaths prefix options);
      meant = basics.take 3 (if siblings != [ ] then siblings else elsewhere);
    in
    "The option `${showOption unknown.loc}' does not exist. It is defined${
      concatMapStrings (definition: "\n  - at ${showPlace definition}") unknown.definitions
    }${
      basics.optionalString
        (meant != [ ])
        "\nDid you mean ${concatMapStringsSep ", or " (path: "`${showOption path}'") meant}?"
    }";

  unknownOptions =
    prefix: options: unknown:
    concatMapStringsSep "\n" (unknownOption prefix options) unknown;

  conflict =
    loc: definitions:
    "The option `${showOption loc}' is defined differently in several places:${showDefinitions definitions}\nUse `lib.mkForce VALUE' for the definition that shall win, or `lib.mkDefault VALUE' for the others.";

  wrongType =
    loc: type: definition:
    "The option `${showOption loc}' must be ${type.description}, and is defined otherwise:${
      showDefinitions [ definition ]
    }";

  noValue =
    loc: option:
    "The option `${showOption loc}' has no value. Set it in your configuration: `${showOption loc} = ...;' (${option.type.description}; declared in ${concatStringsSep ", " option.declarations}).";

  declaredTwice =
    loc: declarations:
    "The option `${showOption loc}' is declared in several places:${
      concatMapStrings (declaration: "\n  - at ${showPlace declaration}") declarations
    }";

  notASet =
    loc: definition:
    "`${showOption loc}' is a group of options and cannot be given a value itself:${
      showDefinitions [ definition ]
    }";

  readOnly =
    loc: definitions:
    "The option `${showOption loc}' is set by the module that declares it and by nobody else. It is defined:${showDefinitions definitions}";

  notUnique =
    loc: message: definitions:
    "The option `${showOption loc}' takes one definition, and has ${toString (length definitions)}:${showDefinitions definitions}${
      basics.optionalString (message != "") "\n${message}"
    }";

  onlyConditions =
    loc:
    "The option `${showOption loc}' is asked for, and the conditions of all of its definitions are false.";

  noDeclaration =
    loc: declaration:
    "What is declared as `${showOption loc}' at ${showPlace declaration} is no option${
      basics.optionalString (declaration.value._type or null == "option-type") " but a type"
    }: write `lib.mkOption { type = ...; }'.";

  optionAndGroup =
    loc: declarations: isOption:
    let
      of = wanted: filter (declaration: isOption declaration.value == wanted) declarations;
    in
    "`${showOption loc}' is declared as an option, which has no options below it, and as a group of options:${
      concatMapStrings (declaration: "\n  - an option at ${showPlace declaration}") (of true)
    }${concatMapStrings (declaration: "\n  - a group at ${showPlace declaration}") (of false)}";

  strayAttributes =
    file: names:
    "The module ${file} has `config' or `options' and beside it ${
      concatMapStringsSep ", " (name: "`${name}'") names
    }. Move ${if length names == 1 then "it" else "these"} into `config'.";

  notAModule =
    file: value:
    "The module ${file} is not a set, a function that returns one, or a path, but ${basics.showValue value}.";

  configurationAsModule =
    file:
    "A finished configuration was given as a module, in ${file}. Import the modules that it was made of.";

  wrongClass =
    file: own: wanted:
    "The module ${file} is for a configuration of the class `${own}', and this is one of `${wanted}'.";

  notDisableable =
    file: module:
    "`disabledModules' in ${file} names what cannot be found again: ${basics.showValue module}. Give a path, a file's name below the library's folder, or a set with a `key'.";

  unknownArgument =
    file: name: args:
    "The module ${file} asks for the argument `${name}', which no module is given. There are: ${concatStringsSep ", " (attrNames args)}.";
}
