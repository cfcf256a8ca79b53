# Types of sets with options of their own, declared by modules.
{
  basics,
  errors,
  eval,
  core,
  lib,
}:
let
  inherit (builtins)
    all
    isAttrs
    isFunction
    isList
    isPath
    map
    ;
  inherit (core) mkType;
  isModule = value: isAttrs value || isFunction value || isPath value;

  asModule =
    onlyConfig: definition:
    if onlyConfig && isAttrs definition.value then
      {
        _file = definition.file;
        config = definition.value;
      }
    else
      {
        _file = definition.file;
        imports = [ definition.value ];
      };
in
rec {
  # A set with options of its own, declared by a module or several; they may take `name`, the attribute it is at.
  # A definition that is a set defines; one that is a function or a path is a module.
  submodule =
    modules:
    submoduleWith {
      modules = if isList modules then modules else [ modules ];
      shorthandOnlyDefinesConfig = true;
    };

  # The same with further arguments. Without `shorthandOnlyDefinesConfig`, every definition is a module.
  submoduleWith =
    {
      modules,
      specialArgs ? { },
      shorthandOnlyDefinesConfig ? false,
      description ? null,
      class ? null,
    }@given:
    let
      # Modules that take no arguments are loaded once for all places where the type is used.
      simple = shorthandOnlyDefinesConfig && eval.isPlain modules;
      prepared = eval.prepare modules;
      configured =
        loc: definitions:
        if simple
        && all
          (definition: isAttrs definition.value && !(definition.value ? _module))
          definitions then
          eval.configure prepared loc definitions
        else
          (evaluate loc definitions).config;
      evaluate =
        loc: definitions:
        eval.evalModules {
          inherit lib class;
          prefix = loc;
          modules = modules ++ map (asModule shorthandOnlyDefinesConfig) definitions;
          specialArgs =
            {
              name = if loc == [ ] then "" else basics.last loc;
            }
            // specialArgs;
        };
    in
    mkType {
      name = "submodule";
      description = if description == null then "a set of options" else description;
      check = isModule;
      empty = loc: configured loc [ ];
      merge = configured;
      getOptions = loc: builtins.removeAttrs (evaluate loc [ ]).options [ "_module" ];
      inherit modules;
      combine =
        other:
        submoduleWith (
          given
          // {
            modules = modules ++ other.modules;
          }
        );
    };

  # A module that is not evaluated here but imported somewhere else.
  deferredModuleWith =
    {
      staticModules ? [ ],
    }:
    mkType {
      name = "deferredModule";
      description = "a module";
      check = isModule;
      empty = _: { imports = staticModules; };
      modules = staticModules;
      combine = other: deferredModuleWith { staticModules = staticModules ++ other.modules; };
      merge =
        loc: definitions:
        {
          imports =
            staticModules
            ++ map (definition: {
              _file = "${definition.file} (${errors.showOption loc})";
              imports = [ definition.value ];
            }) definitions;
        };
    };
  deferredModule = deferredModuleWith { };
}
