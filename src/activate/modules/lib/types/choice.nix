# Types of values that may be of this or of that type.
{ errors, core }:
let
  inherit (builtins)
    all
    filter
    foldl'
    head
    length
    map
    tail
    ;
  inherit (core) combineInner join mkType;
in
rec {
  nullOr =
    type:
    mkType {
      name = "nullOr";
      description = "null or ${type.description}";
      check = value: value == null || type.check value;
      empty = _: null;
      nested.elementType = type;
      combine = combineInner nullOr type;
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
      combine =
        other:
        let
          left = join a other.nested.a;
          right = join b other.nested.b;
        in
        if left == null || right == null then null else either left right;
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
  oneOf = types: foldl' either (head types) (tail types);

  # A value of type `from` is made one of type `to` by `convert`.
  coercedTo =
    from: convert: to:
    mkType {
      name = "coercedTo";
      description = "${to.description}, or ${from.description} that becomes one";
      check = value: to.check value || (from.check value && to.check (convert value));
      nested = { inherit from to; };
      combine = _: null;
      ${if to ? empty then "empty" else null} = to.empty;
      merge =
        loc: definitions:
        to.merge loc (
          map
            (
              definition:
              if to.check definition.value then
                definition
              else
                definition // { value = convert definition.value; }
            )
            definitions
        );
    };
}
