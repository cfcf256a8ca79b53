# One option declared by several modules: types are joined, each module adds what the others leave out.
let
  lib = import ../../../src/activate/modules/lib;
  inherit (lib) mkOption types;
  evaluate = modules: lib.evalModules { inherit modules; };
  option = path: type: { options = lib.setAttrByPath path (mkOption { inherit type; }); };
  sub = name: types.submodule { options.${name} = mkOption { default = name; }; };
  value = modules: (evaluate modules).config.x;
in
{
  enum = value [
    (option [ "x" ] (types.enum [ "a" ]))
    (option [ "x" ] (types.enum [ "b" ]))
    { x = "b"; }
  ];
  submodules = value [
    (option [ "x" ] (types.attrsOf (sub "one")))
    (option [ "x" ] (types.attrsOf (sub "two")))
    { x.here.one = "changed"; }
  ];
  below = value [
    (option [ "x" ] (sub "one"))
    (option [ "x" "three" ] types.int)
    { x.three = 3; }
  ];
  defaultElsewhere = value [
    (option [ "x" ] types.int)
    { options.x = mkOption { default = 5; type = types.int; }; }
  ];
  nested = value [
    (option [ "x" ] (types.nullOr (types.listOf (types.either types.int types.str))))
    (option [ "x" ] (types.nullOr (types.listOf (types.either types.int types.str))))
    { x = [ 1 "a" ]; }
  ];
}
