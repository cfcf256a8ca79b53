# What a definition can be besides a plain value: conditional, merged, overriding, ordered. Such a property is a set
# with a `_type`. A definition on its way to its option is { file; value; pos; } and, once its properties are taken
# off, may carry `priority` (lower wins, 100 when absent) and `order` (lower comes first, 1000 when absent).
{ basics }:
let
  inherit (builtins)
    any
    concatMap
    filter
    foldl'
    isAttrs
    isBool
    map
    mapAttrs
    sort
    ;
  defaultPriority = 100;
  defaultOrder = 1000;
  priorityOf = definition: definition.priority or defaultPriority;
  orderOf = definition: definition.order or defaultOrder;
  isProperty =
    value:
    isAttrs value
    && value ? _type
    && (
      value._type == "if"
      || value._type == "merge"
      || value._type == "override"
      || value._type == "order"
    );
in
rec {
  mkIf =
    condition: content:
    {
      _type = "if";
      inherit condition content;
    };
  mkMerge = contents: {
    _type = "merge";
    inherit contents;
  };
  mkOverride =
    priority: content:
    {
      _type = "override";
      inherit priority content;
    };
  mkOptionDefault = mkOverride 1500;
  mkDefault = mkOverride 1000;
  mkImageMediaOverride = mkOverride 60;
  mkForce = mkOverride 50;
  mkVMOverride = mkOverride 10;
  mkOrder =
    priority: content:
    {
      _type = "order";
      inherit priority content;
    };
  mkBefore = mkOrder 500;
  mkAfter = mkOrder 1500;
  # A condition, and what is defined when it does not hold.
  mkIfElse =
    condition: yes: no:
    mkMerge [
      (mkIf condition yes)
      (mkIf (!condition) no)
    ];
  mkAssert =
    assertion: message: content:
    mkIf (if assertion then true else throw "Failed assertion: ${message}") content;
  # A value together with the file, and the place in it, that it is said to come from.
  mkDefinition = args: args // { _type = "definition"; };

  # A definition of a set of options as definitions whose values are plain sets: a property around the set is moved
  # onto each of its attributes, so that a condition is looked at only where an option's value is.
  pushDown =
    definition:
    let
      inherit (definition) value;
      inside =
        wrap: content:
        map (inner: inner // { value = mapAttrs (_: wrap) inner.value; }) (pushDown (
          definition
          // {
            value = content;
            origin = content;
          }
        ));
    in
    if !isProperty value then
      [ definition ]
    else if value._type == "merge" then
      concatMap (
        content:
        pushDown (
          definition
          // {
            value = content;
            origin = content;
          }
        )
      ) value.contents
    else if value._type == "if" then
      inside (mkIf value.condition) value.content
    else if value._type == "override" then
      inside (mkOverride value.priority) value.content
    else
      inside (mkOrder value.priority) value.content;

  # A definition of an option as definitions with plain values. An outer priority or order wins over an inner one.
  discharge =
    definition:
    let
      inherit (definition) value;
      go = content: discharge (definition // { value = content; });
    in
    if !(isAttrs value && value ? _type) then
      [ definition ]
    else if value._type == "if" then
      if !isBool value.condition then
        throw
          "The condition of a `mkIf' in ${definition.file} is not a Boolean but ${basics.showValue value.condition}."
      else if value.condition then
        go value.content
      else
        [ ]
    else if value._type == "merge" then
      concatMap go value.contents
    else if value._type == "override" then
      map (inner: inner // { inherit (value) priority; }) (go value.content)
    else if value._type == "order" then
      map (inner: inner // { order = value.priority; }) (go value.content)
    else if value._type == "definition" then
      discharge (
        definition
        // {
          inherit (value) file value;
          pos = value.pos or null;
        }
      )
    else
      [ definition ];

  # Of discharged definitions, those of the strongest priority, in order.
  strongest =
    definitions:
    let
      best =
        foldl'
          (
            found: definition:
            if priorityOf definition < found then priorityOf definition else found
          )
          (priorityOf (builtins.head definitions))
          definitions;
      kept = filter (definition: priorityOf definition == best) definitions;
    in
    if definitions == [ ] then
      [ ]
    else
      inOrder (if any (definition: definition ? priority) definitions then kept else definitions);

  inOrder =
    definitions:
    if any (definition: definition ? order) definitions then
      sort (a: b: orderOf a < orderOf b) definitions
    else
      definitions;
}
