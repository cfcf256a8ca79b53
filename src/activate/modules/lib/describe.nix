# What is known of options, for documentation and for those who ask where a value comes from.
#   index options           -> a record for each option, with those inside of submodules (`services.<name>.script')
#   find options path       -> the record of one place, with the values and definitions that it has there, or null
# A record is { name; path; type; description; default; example; declaredAt; readOnly; internal; isDefined; value;
# definitions; overridden; below; }, texts where it is about values: `definitions' are those that count, `below' has the
# names of the options below.
{
  basics,
  errors,
  merge,
  properties,
}:
let
  inherit (builtins)
    attrNames
    concatMap
    filter
    head
    isAttrs
    map
    tail
    ;
  show = import ./show.nix { inherit basics; };
  isOption = value: isAttrs value && value._type or null == "option";

  base =
    path: option:
    {
      inherit path;
      name = errors.showOption path;
      type = option.type.description;
      description = option.description or "";
      default =
        if option ? defaultText then
          (
            if builtins.isString option.defaultText then
              option.defaultText
            else
              show option.defaultText
          )
        else if option ? default then
          (
            let
              text = builtins.tryEval (show option.default);
            in
            if text.success then text.value else "computed"
          )
        else
          null;
      example = if option ? example then show option.example else null;
      declaredAt = option.declaredAt or [ ];
      readOnly = option.readOnly or false;
      internal = option.internal or false || !(option.visible or true);
    };

  # `given` are all definitions, those that are not strong enough too.
  record =
    path: option: given: hasValue: value:
    let
      wins = properties.strongest given;
      priorityOf = definition: definition.priority or 100;
      loses = filter (definition: priorityOf definition != priorityOf (head wins)) given;
      shown = map (definition: {
        place = errors.showPlace definition;
        value = show definition.value;
      });
    in
    base path option
    // {
      isDefined = given != [ ];
      value = if hasValue then show value else null;
      definitions = shown wins;
      overridden = shown loses;
    };

  # The types inside of one, with the path that leads there.
  inner =
    path: type:
    if type ? getOptions then
      [ { inherit path type; } ]
    else
      concatMap (
        name:
        inner (
          path
          ++ (
            if type.name == "attrsOf" || type.name == "lazyAttrsOf" then
              [ "<${type.placeholder or "name"}>" ]
            else if type.name == "listOf" then
              [ "*" ]
            else
              [ ]
          )
        ) type.nested.${name}
      ) (attrNames (type.nested or { }));

  # Types may have themselves inside.
  deepest = 4;
  # An option whose type depends on another one may say what it can be, by what stands in place of the `<name>'.
  variants =
    path: option:
    concatMap (
      name:
      let
        named = map (part: if part == "<name>" then "<${name}>" else part) path;
      in
      walk 0 named (option.variants.${name}.getOptions named)
    ) (attrNames (option.variants or { }));
  walk =
    depth: path: tree:
    if isOption tree then
      [ { inherit path tree; } ]
      ++ variants path tree
      ++ (
        if depth == 0 then
          [ ]
        else
          concatMap (found: walk (depth - 1) found.path (found.type.getOptions found.path)) (
            inner path tree.type
          )
      )
    else if isAttrs tree then
      concatMap (name: walk depth (path ++ [ name ]) tree.${name}) (attrNames tree)
    else
      [ ];

  # Definitions of a set as definitions of one of its attributes.
  step =
    name: definitions:
    let
      sets = filter (set: isAttrs set.value) (concatMap properties.pushDown definitions);
    in
    (merge.byName sets).${name} or [ ];
  discharged = concatMap properties.discharge;
  plain = definitions: properties.strongest (discharged definitions);

  # The record of `rest` inside of a value of a type.
  inside =
    path: type: definitions: value: rest:
    let
      name = head rest;
      types = map (key: type.nested.${key}) (attrNames (type.nested or { }));
      deeper = filter (type: type ? getOptions || type ? nested) types;
    in
    if type ? getOptions then
      among path (type.getOptions path) (step' definitions) value rest
    else if type.name == "attrsOf" || type.name == "lazyAttrsOf" then
      let
        here = path ++ [ name ];
        given = step name definitions;
        found = plain given;
        known = isAttrs value && value ? ${name};
      in
      if !known then
        null
      else if tail rest == [ ] then
        record here {
          type = type.nested.elementType;
          description = "One of `${errors.showOption path}'.";
        } (discharged given) true value.${name}
        // {
          below = belowOf here type.nested.elementType;
        }
      else
        inside here type.nested.elementType found value.${name} (tail rest)
    else if deeper != [ ] then
      inside path (head deeper) definitions value rest
    else
      null;
  step' = filter (definition: isAttrs definition.value);

  belowOf =
    path: type:
    let
      found = inner path type;
    in
    if found == [ ] then
      [ ]
    else
      map (one: errors.showOption one.path) (
        filter (one: !(one.tree.internal or false)) (
          walk 0 (head found).path ((head found).type.getOptions path)
        )
      );

  # The record of `rest` in a tree of options with definitions and values of its own.
  among =
    path: tree: definitions: value: rest:
    let
      name = head rest;
      here = path ++ [ name ];
      known = isAttrs value && value ? ${name};
      found = step name definitions;
    in
    if !isAttrs tree || !(tree ? ${name}) then
      null
    else if isOption tree.${name} then
      if tail rest == [ ] then
        record here tree.${name} (discharged found) known value.${name}
        // { below = belowOf here tree.${name}.type; }
      else
        inside here tree.${name}.type (plain found) value.${name} (tail rest)
    else if tail rest == [ ] then
      null
    else
      among here tree.${name} found value.${name} (tail rest);

  find =
    path: tree: rest:
    if isOption tree then
      let
        found = if tree.isDefined then tree.definitionsWithLocations else [ ];
      in
      if rest == [ ] then
        record path tree tree.allDefinitions true tree.value // { below = belowOf path tree.type; }
      else
        inside path tree.type found tree.value rest
    else if rest == [ ] || !(tree ? ${head rest}) then
      null
    else
      find (path ++ [ (head rest) ]) tree.${head rest} (tail rest);
in
{
  inherit show;
  index = options: map (one: base one.path one.tree) (walk deepest [ ] options);
  find = find [ ];
}
