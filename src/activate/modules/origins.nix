# For each attribute of an `attrsOf' option, the file of its first definition.
option:
let
  fileOf =
    definition: _: value:
    if value._type or null == "definition" then value.file else definition.file;
in
builtins.foldl'
  (found: definition: builtins.mapAttrs (fileOf definition) definition.value // found)
  { }
  option.definitionsWithLocations
