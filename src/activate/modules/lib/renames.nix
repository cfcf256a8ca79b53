# Modules for options that had another name or place: what is defined under the old name is defined under the new one,
# with its file, its line and its priority.
{
  basics,
  errors,
  options,
  properties,
  types,
}:
let
  inherit (builtins) concatStringsSep map;
  inherit (basics) attrByPath optional setAttrByPath;
  inherit (errors) showOption;
  inherit (options) mkOption;
  inherit (properties)
    mkIf
    mkMerge
    mkOverride
    mkDefinition
    ;

  # The definitions of an option as one definition for somewhere else.
  definitionsOf =
    option:
    mkIf option.isDefined (mkMerge (map (
      definition:
      mkOverride option.highestPrio (mkDefinition {
        inherit (definition) file value;
        pos = definition.pos or null;
      })
    ) option.definitionsWithLocations));

  places = option: concatStringsSep ", " option.definedAt;

  optionAt =
    what: path: tree:
    attrByPath
      path
      (throw "${what} names the option `${showOption path}', which does not exist.")
      tree;

  warningOf =
    options: text:
    basics.optionalAttrs (options ? warnings) { warnings = optional (text != "") text; };
in
rec {
  inherit definitionsOf;

  # from, to   paths of option names
  # warn       tell those who use the old name
  # visible    whether the old name is in the documentation
  doRename =
    {
      from,
      to,
      visible ? false,
      warn ? true,
      use ? (value: value),
      withPriority ? true,
      condition ? true,
    }:
    { config, options, ... }:
    let
      old = optionAt "a rename" from options;
      new = optionAt "a rename of `${showOption from}'" to options;
      message =
        if warn && old.isDefined then
          "The option `${showOption from}' is now called `${showOption to}'. It is defined at ${places old}."
        else
          "";
    in
    {
      options = setAttrByPath from (mkOption {
        inherit visible;
        description = "Another name of `${showOption to}'.";
        type = new.type or (types.submodule { });
        apply = _: use (attrByPath to (throw "no option `${showOption to}'") config);
      });
      config = mkIf condition (mkMerge [
        (warningOf options message)
        (setAttrByPath to (
          definitionsOf (if withPriority then old else old // { highestPrio = 100; })
        ))
      ]);
    };

  mkRenamedOptionModule = from: to: doRename { inherit from to; };
  mkRenamedOptionModuleWith =
    { from, to, ... }:
    doRename {
      inherit from to;
    };
  mkAliasOptionModule =
    from: to:
    doRename {
      inherit from to;
      visible = true;
      warn = false;
    };

  # An option that is gone: who defines it is told why.
  mkRemovedOptionModule =
    path: instead: { options, ... }:
    let
      old = optionAt "a removal" path options;
    in
    {
      options = setAttrByPath path (mkOption {
        visible = false;
        internal = true;
        type = types.raw;
        description = "Removed. ${instead}";
        apply = _: throw "The option `${showOption path}' is no longer there. ${instead}";
      });
      config.assertions = [
        {
          assertion = !old.isDefined;
          message = "The option `${showOption path}' is no longer there. Take it out at ${places old}. ${instead}";
        }
      ];
    };

  # The new option's value is computed from the whole configuration when the old one is defined.
  mkChangedOptionModule = from: to: change: mkMergedOptionModule [ from ] to change;
  mkMergedOptionModule =
    froms: to: change: { config, options, ... }:
    let
      old = map (path: {
        inherit path;
        option = optionAt "a change" path options;
      }) froms;
      used = builtins.filter (one: one.option.isDefined) old;
    in
    {
      options = builtins.foldl' basics.recursiveUpdate { } (map (
        path:
        setAttrByPath path (mkOption {
          visible = false;
          type = types.raw;
          description = "Replaced by `${showOption to}'.";
        })
      ) froms);
      config = mkMerge [
        (warningOf options (
          concatStringsSep "\n" (
            map
              (
                one:
                "The option `${showOption one.path}' has become `${showOption to}'. It is defined at ${places one.option}."
              )
              used
          )
        ))
        (setAttrByPath to (mkIf (used != [ ]) (change config)))
      ];
    };

  # The definitions of one option as those of another, with their priorities.
  mkAliasDefinitions = definitionsOf;

  # A module that is said to come from a file.
  setDefaultModuleLocation =
    file: module:
    {
      _file = file;
      imports = [ module ];
    };
}
