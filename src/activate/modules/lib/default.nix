# The module system and its helpers, as module functions are given them: `lib`.
let
  basics = import ./basics.nix;
  properties = import ./properties.nix { inherit basics; };
  errors = import ./errors.nix { inherit basics; };
  merge = import ./merge.nix { inherit properties errors; };
  load = import ./load.nix { inherit basics errors; };
  tree = import ./tree.nix {
    inherit
      basics
      properties
      errors
      merge
      types
      ;
  };
  eval = import ./eval.nix {
    inherit
      basics
      errors
      merge
      load
      tree
      types
      ;
  };
  types = import ./types.nix {
    inherit
      basics
      properties
      errors
      merge
      eval
      lib
      ;
  };
  options = import ./options.nix { inherit types; };
  renames = import ./renames.nix {
    inherit
      basics
      errors
      options
      properties
      types
      ;
  };
  more = import ./more.nix { inherit basics; };
  describe = import ./describe.nix {
    inherit
      basics
      errors
      merge
      properties
      ;
  };
  lib =
    more
    // basics
    // renames
    // options
    // {
      inherit types describe;
      inherit (types) mkOptionType;
      inherit (eval) isOption;
      inherit (errors) showOption;
      attrsets = more // basics;
      lists = more // basics;
      strings = more // basics;
      trivial = more // basics;
      modules = renames // { inherit (lib) evalModules; };
      inherit (properties)
        mkIf
        mkIfElse
        mkAssert
        mkMerge
        mkOverride
        mkOptionDefault
        mkDefault
        mkImageMediaOverride
        mkForce
        mkVMOverride
        mkOrder
        mkBefore
        mkAfter
        mkDefinition
        ;
      evalModules = args: eval.evalModules ({ inherit lib; } // args);
    };
in
lib
