# From definitions to a value. A definition is { file; value; pos; }; see properties.nix for what `value` may be.
{ properties, errors }:
let
  inherit (builtins)
    concatMap
    filter
    head
    map
    mapAttrs
    unsafeGetAttrPos
    zipAttrsWith
    ;
in
rec {
  # Per name of the sets in `parts`, what each of them has there. `origin` is the set as it was written, whose
  # attributes know their place; `pos`, where it is given, is the place of all of them.
  byName =
    parts:
    zipAttrsWith (_: found: found) (map (
      part:
      let
        inherit (part) file value;
        origin = part.origin or value;
      in
      mapAttrs (
        name: inner: {
          inherit file;
          value = inner;
          pos = part.place or (unsafeGetAttrPos name origin);
        }
      ) value
    ) parts);

  # The value of plain definitions; there is at least one.
  mergeChecked =
    loc: type: definitions:
    let
      wrong = filter (definition: !type.check definition.value) definitions;
    in
    if wrong == [ ] then
      type.merge loc definitions
    else
      throw (errors.wrongType loc type (head wrong));

  # The value of raw definitions of a nested place (an element, an attribute) as { value; }, or { } when none is left.
  mergeNested =
    loc: type: given:
    let
      definitions = properties.strongest (concatMap properties.discharge given);
    in
    if definitions == [ ] then { } else { value = mergeChecked loc type definitions; };
}
