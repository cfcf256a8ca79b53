# What documentation and `sysbuild options' know of options, and of places inside of them.
let
  lib = import ../../../src/activate/modules/lib;
  inherit (lib) mkOption types;
  evaluated = lib.evalModules {
    modules = [
      {
        options.shops = mkOption {
          type = types.attrsOf (
            types.submodule {
              options.address.street = mkOption {
                type = types.nullOr types.str;
                default = null;
                description = "The street.";
              };
              options.doors = mkOption {
                type = types.listOf (types.submodule { options.width = mkOption { type = types.int; }; });
                default = [ { width = 90; } ];
                example = [ ];
              };
              options.script = mkOption {
                type = types.lines;
                default = "line one\nline \${two}\n";
              };
            }
          );
          default = { };
          description = "Shops.";
        };
        options.hidden = mkOption {
          internal = true;
          default = throw "not to be shown";
        };
        options.computed = mkOption {
          default = evaluated.config.nowhere;
          defaultText = lib.literalExpression "config.nowhere";
        };
      }
      {
        shops.one.address.street = "Main";
        shops.two = lib.mkIf true { doors = lib.mkForce [ ]; };
      }
      { shops.one.doors = [ { width = 100; } ]; }
    ];
  };
  options = builtins.removeAttrs evaluated.options [ "_module" ];
  find = path: lib.describe.find options path;
  short = record: if record == null then null else builtins.removeAttrs record [ "declaredAt" ] // {
    definitions = map (definition: definition.value) record.definitions;
  };
in
{
  index = map (record: builtins.removeAttrs record [ "declaredAt" ]) (lib.describe.index options);
  street = short (find [ "shops" "one" "address" "street" ]);
  doors = short (find [ "shops" "two" "doors" ]);
  doorsByDefault = (short (find [ "shops" "one" "doors" ])).definitions;
  whole = short (find [ "shops" "one" ]);
  group = find [ "shops" "one" "address" ];
  nowhere = map find [ [ "nope" ] [ "shops" "three" ] [ "shops" "one" "nope" ] [ "computed" "inside" ] ];
}
