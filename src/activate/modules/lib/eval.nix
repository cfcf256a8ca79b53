# Evaluates modules: loads them with their imports, joins the options that they declare into one tree, and gives each
# option the merged value of its definitions. Everything is lazy: an option that nobody asks for costs its name.
{
  basics,
  errors,
  merge,
  load,
  tree,
  types,
}:
let
  inherit (builtins)
    all
    concatMap
    isAttrs
    map
    removeAttrs
    ;
  inherit (merge) byName;

  # What every configuration says of itself, as options of its own.
  own = {
    args = {
      _type = "option";
      type = types.lazyAttrsOf types.raw;
      default = { };
      internal = true;
      description = "Further arguments of modules.";
    };
    check = {
      _type = "option";
      type = types.bool;
      default = true;
      internal = true;
      description = "Whether a definition without an option is an error.";
    };
    freeformType = {
      _type = "option";
      type = types.nullOr types.optionType;
      default = null;
      internal = true;
      description = "The type of all definitions that have no option, taken together.";
    };
    specialArgs = {
      _type = "option";
      type = types.raw;
      internal = true;
      readOnly = true;
      description = "The arguments of modules that were there from the start.";
    };
  };
  ownDeclared = [
    {
      file = "<modules>";
      value = own;
      pos = null;
    }
  ];

  part =
    name: module:
    {
      inherit (module) file;
      value = module.${name};
    };

  # The definitions that have no option, as the freeform type sees them.
  free =
    unknown:
    concatMap (
      stranger:
      map (definition: {
        inherit (definition) file;
        value = basics.setAttrByPath stranger.local definition.value;
        place = definition.pos;
        pos = definition.pos;
      }) stranger.definitions
    ) unknown;

  withFreeform =
    type: prefix: found:
    if type == null then
      found.config
    else if found.unknown == [ ] then
      found.config
    else
      basics.recursiveUpdate (merge.mergeChecked prefix type (free found.unknown)) found.config;

  # The configuration of a tree, once every definition is known to have an option.
  checked =
    prefix: found: config:
    if found.unknown == [ ] then
      config
    else
      throw (errors.unknownOptions prefix (removeAttrs found.options [ "_module" ]) found.unknown);

  importsHint = "an infinite recursion here mostly comes from `imports' (or the names of options) that depend on `config'. Import in any case, and let `lib.mkIf' decide over the definitions.";
in
rec {
  inherit (tree) isOption;
  inherit (merge) byName mergeNested mergeChecked;

  # modules      paths, functions or sets
  # specialArgs  further arguments of module functions, beside config, options and lib; `imports` may depend on them
  # prefix       the place of this tree in a larger one, for messages
  # file         what definitions without a file of their own are said to come from
  # class        what kind of configuration this is; a module whose `_class` is another is refused
  # Returns { config; options; extendModules; ... }; `config` throws when a definition has no option.
  evalModules =
    {
      modules,
      lib,
      specialArgs ? { },
      prefix ? [ ],
      file ? "<modules>",
      class ? null,
    }@given:
    let
      args =
        {
          inherit lib specialArgs;
          inherit (found) options;
          config = builtins.addErrorContext importsHint config;
        }
        // specialArgs;
      loaded = load.loadAll {
        inherit args class;
        more = config._module.args;
      } file modules;
      declared = byName (map (part "options") loaded);
      found =
        tree.level prefix [ ] (declared // { _module = ownDeclared ++ declared._module or [ ]; }) (
          map (part "config") loaded ++ [ self ]
        );
      self = {
        file = "<modules>";
        value._module = {
          inherit specialArgs;
          args = { inherit extendModules; };
        };
      };
      inherit (found.config) _module;
      config = withFreeform _module.freeformType prefix found;
      public = removeAttrs config [ "_module" ];
      extendModules =
        {
          modules ? [ ],
          specialArgs ? { },
          prefix ? given.prefix or [ ],
        }:
        evalModules (
          given
          // {
            modules = given.modules ++ modules;
            specialArgs = given.specialArgs or { } // specialArgs;
            inherit prefix;
          }
        );
    in
    {
      _type = "configuration";
      inherit (found) options;
      inherit extendModules class _module;
      config =
        if _module.freeformType != null || !_module.check then
          public
        else
          checked prefix found public;
      type = types.submoduleWith {
        inherit modules specialArgs class;
      };
    };

  # The same in two parts, for modules that are sets and take no arguments: what does not depend on the definitions is
  # done once, for however many of them.
  #   prepare MODULES -> prepared
  #   configure prepared PREFIX [{ file; value; }] -> config
  prepare =
    modules:
    let
      loaded = load.loadAll {
        args = { };
        more = { };
        class = null;
      } "<modules>" (map (module: removeAttrs module [ "freeformType" ]) modules);
      freeforms =
        concatMap (module: if module ? freeformType then [ module.freeformType ] else [ ]) modules;
    in
    {
      declared = byName (map (part "options") loaded);
      definitions = map (part "config") loaded;
      freeform = if freeforms == [ ] then null else types.joinAll freeforms;
    };
  configure =
    prepared: prefix: definitions:
    let
      found = tree.level prefix [ ] prepared.declared (prepared.definitions ++ definitions);
    in
    if prepared.freeform != null then
      withFreeform prepared.freeform prefix found
    else
      checked prefix found found.config;

  # Whether modules can be prepared.
  isPlain = all (
    module:
    isAttrs module
    && !(module ? imports)
    && !(module ? disabledModules)
    && !(module ? _type)
    && !((module.options or { }) ? _module)
    && !((module.config or { }) ? _module)
  );
}
