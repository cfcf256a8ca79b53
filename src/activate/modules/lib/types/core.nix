# What types are made of. A type is { name; description; check; merge; }: `check` looks at one plain value, `merge` is
# given the option's location and at least one checked definition. Besides
#   empty       location -> the value of an option without definitions
#   nested      the types inside, for documentation
#   getOptions  location -> the options inside, for documentation
#   payload     what tells two types of one name apart
#   combine     another type of the same name -> both as one, or null
#   asIs        true when one definition's value is the option's
{ errors }:
let
  inherit (builtins)
    all
    foldl'
    head
    length
    map
    removeAttrs
    tail
    ;
in
rec {
  mkType =
    {
      name,
      description ? name,
      check ? (_: true),
      merge ? mergeEqual,
      ...
    }@type:
    type
    // {
      _type = "option-type";
      inherit check merge description;
    };

  # The same as NixOS's modules write it: `emptyValue.value` in place of `empty`, `getSubOptions` of `getOptions`.
  mkOptionType =
    type:
    mkType (
      removeAttrs type [
        "emptyValue"
        "getSubOptions"
      ]
      // (if (type.emptyValue or { }) ? value then { empty = _: type.emptyValue.value; } else { })
      // (if type ? getSubOptions then { getOptions = type.getSubOptions; } else { })
    );

  isOptionType = value: value._type or null == "option-type";

  values = map (definition: definition.value);

  # One value: the same from everybody, or it is a conflict.
  mergeEqual =
    loc: definitions:
    let
      first = (head definitions).value;
    in
    if length definitions == 1
    || all (definition: definition.value == first) (tail definitions) then
      first
    else
      throw (errors.conflict loc definitions);

  mergeOne =
    loc: definitions:
    if length definitions == 1 then
      (head definitions).value
    else
      throw (errors.conflict loc definitions);

  simple = name: description: check: mkType { inherit name description check; } // { asIs = true; };

  # What a type is called where there are several: "a string" -> "values that are each a string".
  plural = type: "values that are each ${type.description}";

  # Two declared types of one option as one type, or null.
  join =
    one: other:
    if one.name != other.name then
      null
    else if one ? combine then
      one.combine other
    else if one.payload or null == other.payload or null then
      one
    else
      null;
  joinAll = types: foldl' join (head types) (tail types);

  # `combine` of a type that is made of another one.
  combineInner =
    make: element: other:
    let
      inner = join element other.nested.elementType;
    in
    if inner == null then null else make inner;

  # A type whose values are more narrowly checked. It is no longer what types of its name are, so it joins none.
  addCheck =
    type: check:
    type
    // {
      check = value: type.check value && check value;
      combine = _: null;
    };

  # A type whose value has one definition.
  unique =
    { message }: type:
    type
    // {
      name = "unique";
      nested.elementType = type;
      combine = combineInner (unique { inherit message; }) type;
      merge =
        loc: definitions:
        if length definitions == 1 then
          type.merge loc definitions
        else
          throw (errors.notUnique loc message definitions);
    };
  uniq = unique { message = ""; };
}
