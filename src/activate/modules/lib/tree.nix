# The tree of options: what several modules declare, joined; each option with the definitions that it has.
{
  basics,
  properties,
  errors,
  merge,
  types,
}:
let
  inherit (builtins)
    all
    any
    attrNames
    attrValues
    concatMap
    filter
    foldl'
    head
    isAttrs
    length
    map
    mapAttrs
    removeAttrs
    tail
    ;
  inherit (errors) showOption;
  inherit (merge) byName;

  isOption = value: value._type or null == "option";

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

  # Several declarations of one option as one. Each says what the others leave out; types are joined where they can be.
  together =
    loc: declarations:
    let
      join =
        one: declaration:
        let
          option = declaration.value;
          type = types.join one.type option.type;
          twice = filter (name: one ? ${name} && option ? ${name}) [
            "default"
            "example"
            "description"
            "apply"
          ];
        in
        if twice != [ ] || type == null then
          throw (errors.declaredTwice loc declarations)
        else
          option // one // { inherit type; };
    in
    foldl' join (head declarations).value (tail declarations);

  # Groups of options that are declared below an option of a submodule's type are options of that submodule.
  absorb =
    loc: found:
    let
      options = filter (declaration: isOption declaration.value) found;
      asOption =
        declaration:
        if isOption declaration.value then
          declaration
        else
          declaration
          // {
            value = {
              _type = "option";
              type = types.submodule {
                _file = declaration.file;
                options = declaration.value;
              };
            };
          };
    in
    if all (declaration: declaration.value.type.name == "submodule") options then
      map asOption found
    else
      throw (errors.optionAndGroup loc found isOption);

  # Whether a type makes nothing else of a default: most options of most machines are at their default, and there is
  # nothing to merge.
  isAsIs =
    type: default:
    (type.asIs or false && type.check default)
    || (type.name == "nullOr" && default == null)
    || (type.name == "listOf" && default == [ ])
    || (type.name == "attrsOf" && default == { });

  leaf =
    loc: declarations: given:
    let
      inherit (head declarations) file;
      option =
        if length declarations == 1 then (head declarations).value else together loc declarations;
      inherit (option) type;
      discharged = concatMap properties.discharge given;
      defaults =
        if option ? default then
          map (definition: { priority = 1500; } // definition) (properties.discharge {
            inherit file;
            value = option.default;
          })
        else
          [ ];
      best = properties.strongest discharged;
      definitions =
        if discharged == [ ] then
          properties.strongest defaults
        else if (head best).priority or 100 >= 1500 then
          properties.strongest (defaults ++ discharged)
        else
          best;
      merged =
        if option.readOnly or false && length (defaults ++ discharged) > 1 then
          throw (errors.readOnly loc (defaults ++ discharged))
        else if definitions == [ ] then
          (type.empty or (_: throw (errors.noValue loc shown))) loc
        else
          merge.mergeChecked loc type definitions;
      found =
        if given == [ ] && option ? default && isAsIs type option.default then
          option.default
        else
          merged;
      value = builtins.addErrorContext "while evaluating the option `${showOption loc}':" (
        if option ? apply then option.apply found else found
      );
      shown = option // {
        inherit loc value;
        declarations = map (found: found.file) declarations;
        isDefined = discharged != [ ];
        highestPrio = if definitions == [ ] then 1500 else (head definitions).priority or 100;
        definitions = map (definition: definition.value) definitions;
        definitionsWithLocations = definitions;
        # With those that are not strong enough.
        allDefinitions = discharged;
        files = map (definition: definition.file) definitions;
        # Where the option is declared and each of its definitions, as `file:line:column`.
        declaredAt = map errors.showPlace declarations;
        definedAt = if discharged == [ ] then [ ] else map errors.showPlace definitions;
        __toString = _: showOption loc;
      };
    in
    {
      options = shown;
      config = value;
      unknown = [ ];
    };

  strangeDeclaration =
    found:
    !isAttrs found.value || (found.value ? _type && !isOption found.value);
in
rec {
  inherit isOption;

  # One level of the tree: { options; config; unknown; }. `local` is the place below the tree's own root, `declared`
  # has the declarations by name, `definitions` are of the whole level.
  level =
    prefix: local: declared: definitions:
    let
      defined = byName (concatMap (plainSets (prefix ++ local)) definitions);
      node =
        name: found:
        let
          here = local ++ [ name ];
          loc = prefix ++ here;
          given = defined.${name} or [ ];
        in
        if any strangeDeclaration found then
          throw (errors.noDeclaration loc (head (filter strangeDeclaration found)))
        else if !any (declaration: isOption declaration.value) found then
          level prefix here (byName found) given
        else if all (declaration: isOption declaration.value) found then
          leaf loc found given
        else
          leaf loc (absorb loc found) given;
      nodes = mapAttrs node declared;
      strangers = removeAttrs defined (attrNames declared);
    in
    {
      options = mapAttrs (_: found: found.options) nodes;
      config = mapAttrs (_: found: found.config) nodes;
      unknown =
        if definitions == [ ] then
          [ ]
        else
          basics.mapAttrsToList (
            name: found: {
              local = local ++ [ name ];
              loc = prefix ++ local ++ [ name ];
              definitions = found;
            }
          ) strangers
          ++ concatMap (found: found.unknown) (attrValues nodes);
    };
}
