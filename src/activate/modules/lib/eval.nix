# Evaluates modules: loads them with their imports, joins the options that they declare into one tree, and gives each
# option the merged value of its definitions. Everything is lazy: an option that nobody asks for costs its name.
{
  basics,
  properties,
  errors,
}:
let
  inherit (builtins)
    all
    any
    attrNames
    attrValues
    concatLists
    concatMap
    filter
    functionArgs
    genericClosure
    head
    intersectAttrs
    isAttrs
    isFunction
    isPath
    isString
    length
    listToAttrs
    map
    mapAttrs
    removeAttrs
    tail
    unsafeGetAttrPos
    zipAttrsWith
    ;
  inherit (basics) optionals;
  inherit (errors) showOption;

  isOption = value: value._type or null == "option";
  reserved = [
    "_file"
    "key"
    "imports"
    "options"
    "config"
  ];

  # A module of any form as { key; file; imports; options; config; }.
  normalise =
    {
      args,
      file,
      key,
    }:
    module:
    let
      raw = if isFunction module then module (argumentsFor args file module) else module;
      own = raw._file or file;
      stray = removeAttrs raw reserved;
    in
    if !isAttrs raw then
      throw "The module ${file} is not a set, a function that returns one, or a path, but ${basics.showValue raw}."
    else if raw ? _type then
      {
        inherit key file;
        imports = [ ];
        options = { };
        config = raw;
      }
    else if raw ? config || raw ? options then
      if stray != { } then
        throw (errors.strayAttributes own (attrNames stray))
      else
        {
          inherit key;
          file = own;
          imports = raw.imports or [ ];
          options = raw.options or { };
          config = raw.config or { };
        }
    else
      {
        inherit key;
        file = own;
        imports = raw.imports or [ ];
        options = { };
        config = stray;
      };

  # What a module function is called with: what it names, or everything when it names nothing.
  argumentsFor =
    args: file: module:
    let
      wanted = functionArgs module;
      missing = filter (name: !wanted.${name} && !(args ? ${name})) (attrNames wanted);
    in
    if wanted == { } then
      args
    else
      intersectAttrs wanted args
      // listToAttrs (
        map (name: {
          inherit name;
          value = throw "The module ${file} asks for the argument `${name}', which no module is given. There are: ${basics.concatStringsSep ", " (attrNames args)}.";
        }) missing
      );

  load =
    args: parent: index: module:
    if isPath module || isString module then
      let
        file = toString module;
      in
      normalise {
        inherit args file;
        key = file;
      } (import module)
    else
      normalise {
        inherit args;
        inherit (parent) file;
        key = module.key or "${parent.key}:${toString index}";
      } module;

  loadAll =
    args: file: modules:
    genericClosure {
      startSet = basics.imap1 (load args {
        inherit file;
        key = file;
      }) modules;
      operator = module: basics.imap1 (load args module) module.imports;
    };

  # Per name of the sets in `parts`, what each of them has there.
  byName =
    parts:
    zipAttrsWith (_: found: found) (
      map (
        part:
        let
          inherit (part) file value;
          origin = part.origin or value;
        in
        mapAttrs (name: inner: {
          inherit file;
          value = inner;
          pos = unsafeGetAttrPos name origin;
        }) value
      ) parts
    );

  # One level of the tree: { options; config; unknown; }. `local` is the place below the tree's own root, `declared`
  # has the declarations by name.
  level =
    prefix: local: declared: definitions:
    let
      defined = byName (concatMap (plainSets (prefix ++ local)) definitions);
      node =
        name: found:
        let
          here = local ++ [ name ];
          given = defined.${name} or [ ];
        in
        if any (declaration: isOption declaration.value) found then
          leaf (prefix ++ here) found given
        else
          level prefix here (byName found) given;
      nodes = mapAttrs node declared;
      strangers = removeAttrs defined (attrNames declared);
    in
    {
      options = mapAttrs (_: found: found.options) nodes;
      config = mapAttrs (_: found: found.config) nodes;
      unknown =
        basics.mapAttrsToList (name: found: {
          local = local ++ [ name ];
          loc = prefix ++ local ++ [ name ];
          definitions = found;
        }) strangers
        ++ concatMap (found: found.unknown) (attrValues nodes);
    };

  # A definition of a group of options, its properties pushed down.
  plainSets =
    loc: definition:
    let
      sets = properties.pushDown definition;
    in
    if all (set: isAttrs set.value) sets then
      filter (set: set.value != { }) sets
    else
      throw (errors.notASet loc definition);

  leaf =
    loc: declarations: given:
    let
      declaration = head declarations;
      option = declaration.value;
      inherit (option) type;
      discharged = concatMap properties.discharge given;
      definitions =
        if discharged != [ ] then
          properties.strongest discharged
        else if option ? default then
          properties.discharge {
            inherit (declaration) file;
            value = option.default;
          }
        else
          [ ];
      value =
        if length declarations != 1 then
          throw (errors.declaredTwice loc declarations)
        else if definitions == [ ] then
          (type.empty or (_: throw (errors.noValue loc shown))) loc
        else
          merged loc type definitions;
      shown = option // {
        inherit loc value;
        declarations = map (found: found.file) declarations;
        isDefined = discharged != [ ];
        definitions = map (definition: definition.value) definitions;
        definitionsWithLocations = definitions;
        files = map (definition: definition.file) definitions;
        # Where the option is declared and each of its definitions, as `file:line:column`.
        declaredAt = map errors.showPlace declarations;
        definedAt = map errors.showPlace definitions;
      };
    in
    {
      options = shown;
      config = if option ? apply then option.apply value else value;
      unknown = [ ];
    };

  # The value of checked definitions; there is at least one.
  merged =
    loc: type: definitions:
    let
      wrong = filter (definition: !type.check definition.value) definitions;
    in
    if wrong == [ ] then type.merge loc definitions else throw (errors.wrongType loc type (head wrong));

  # The value of raw definitions of a nested place (an element, an attribute), or `absent` when none is left.
  mergeNested =
    loc: type: given:
    let
      definitions = properties.strongest (concatMap properties.discharge given);
    in
    if definitions == [ ] then absent else { value = merged loc type definitions; };
  absent = { };
  part = name: module: {
    inherit (module) file;
    value = module.${name};
  };

  # The configuration of a tree, once every definition is known to have an option.
  checked =
    prefix: tree:
    if tree.unknown == [ ] then
      tree.config
    else
      throw (errors.unknownOptions prefix tree.options tree.unknown);
in
{
  inherit isOption byName mergeNested;
  mergeChecked = merged;

  # modules      paths, functions or sets
  # specialArgs  further arguments of module functions, beside config, options and lib
  # prefix       the place of this tree in a larger one, for messages
  # file         what definitions without a file of their own are said to come from
  # Returns { config; options; }; `config` throws when a definition has no option.
  evalModules =
    {
      modules,
      lib,
      specialArgs ? { },
      prefix ? [ ],
      file ? "<modules>",
    }:
    let
      args = {
        inherit lib;
        inherit (tree) config options;
      }
      // specialArgs;
      loaded = loadAll args file modules;
      tree = level prefix [ ] (byName (map (part "options") loaded)) (map (part "config") loaded);
    in
    {
      inherit (tree) options;
      config = checked prefix tree;
    };

  # The same in two parts, for modules that are sets and take no arguments: what does not depend on the definitions is
  # done once, for however many of them.
  #   prepare MODULES -> prepared
  #   configure prepared PREFIX [{ file; value; }] -> config
  prepare =
    modules:
    let
      loaded = loadAll { } "<modules>" modules;
    in
    {
      declared = byName (map (part "options") loaded);
      definitions = map (part "config") loaded;
    };
  configure =
    prepared: prefix: definitions:
    checked prefix (level prefix [ ] prepared.declared (prepared.definitions ++ definitions));
}
