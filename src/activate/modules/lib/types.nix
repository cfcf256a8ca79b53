# Types of options, by the names that NixOS gave them. See types/core.nix for what a type is.
{
  basics,
  properties,
  errors,
  merge,
  eval,
  lib,
}:
let
  core = import ./types/core.nix { inherit errors; };
in
{
  inherit (core)
    addCheck
    isOptionType
    join
    joinAll
    mkType
    mkOptionType
    uniq
    unique
    ;
}
// import ./types/simple.nix { inherit basics core; }
// import ./types/choice.nix { inherit errors core; }
// import ./types/containers.nix {
  inherit
    basics
    properties
    errors
    merge
    core
    ;
}
// import ./types/submodule.nix {
  inherit
    basics
    errors
    eval
    core
    lib
    ;
}
