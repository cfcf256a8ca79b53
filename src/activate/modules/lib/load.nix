# Loads modules: from paths, functions and sets to { key; file; imports; disabled; options; config; }, each once, with
# all that they import.
{ basics, errors }:
let
  inherit (builtins)
    attrNames
    concatMap
    elem
    filter
    functionArgs
    genericClosure
    isAttrs
    isFunction
    isPath
    isString
    mapAttrs
    removeAttrs
    ;
  inherit (basics) hasPrefix imap1;

  aside = [
    "_class"
    "_file"
    "disabledModules"
    "freeformType"
    "imports"
    "key"
  ];

  # A module of any form in the one form.
  normalise =
    {
      context,
      file,
      key,
    }:
    module:
    let
      raw = if isFunction module then module (argumentsFor context file module) else module;
      own = toString (raw._file or file);
      long = raw ? config || raw ? options;
      stray = removeAttrs raw (
        aside
        ++ [
          "config"
          "options"
          "meta"
        ]
      );
      definitions = if long then raw.config or { } else removeAttrs raw aside;
      also =
        (if raw ? freeformType then [ { _module.freeformType = raw.freeformType; } ] else [ ])
        ++ (if long && raw ? meta then [ { inherit (raw) meta; } ] else [ ]);
      result = {
        inherit key;
        file = own;
        imports = raw.imports or [ ];
        disabled = raw.disabledModules or [ ];
        options = raw.options or { };
        config =
          if also == [ ] then
            definitions
          else
            {
              _type = "merge";
              contents = [ definitions ] ++ also;
            };
      };
    in
    if !isAttrs raw then
      throw (errors.notAModule file raw)
    else if raw ? _type then
      if raw._type == "configuration" then
        throw (errors.configurationAsModule file)
      else
        {
          inherit key file;
          imports = [ ];
          disabled = [ ];
          options = { };
          config = raw;
        }
    else if raw ? _class && context.class != null && raw._class != context.class then
      throw (errors.wrongClass own raw._class context.class)
    else if long && stray != { } then
      throw (errors.strayAttributes own (attrNames stray))
    else
      result;

  # What a module function is called with. What it names and is not at hand is looked up in `_module.args`, which is
  # part of the configuration; so only when it is used.
  argumentsFor =
    context: file: module:
    let
      inherit (context) args;
      lookUp =
        name: hasDefault:
        builtins.addErrorContext "while evaluating the module argument `${name}' in ${file}:" (
          args.${name} or (
            builtins.addErrorContext
              "`${name}' is no argument that is at hand from the start, so it is taken from the option `_module.args', which needs the configuration: `imports' cannot depend on it"
              (
                context.more.${name} or (throw (
                  errors.unknownArgument file name (args // context.more)
                ))
              )
          )
        );
      wanted = functionArgs module;
      needed = basics.filterAttrs (name: hasDefault: !hasDefault || args ? ${name}) wanted;
    in
    args // mapAttrs lookUp needed;

  load =
    context: parent: index: module:
    if isPath module || isString module then
      let
        file = toString module;
      in
      normalise {
        inherit context file;
        key = file;
      } (import module)
    else
      normalise {
        inherit context;
        inherit (parent) file;
        key = toString (module.key or "${parent.key}:${toString index}");
      } module;

  # The key of a module that is said to be disabled: a path, a name below the library's folder, or a set with a `key`.
  disabledKey =
    context: file: module:
    if isAttrs module && module ? key then
      toString module.key
    else if isPath module || (isString module && hasPrefix "/" module) then
      toString module
    else if isString module then
      "${toString (context.args.modulesPath or "")}/${module}"
    else
      throw (errors.notDisableable file module);
in
{
  # Every module once, each before what it imports. `context` is { args; more; class; }: what every module is given, what
  # `_module.args` adds, and the kind of configuration. A disabled module is left out, with those that it alone imports.
  loadAll =
    context: file: modules:
    let
      from = imap1 (load context {
        inherit file;
        key = file;
      }) modules;
      closure =
        keep:
        genericClosure {
          startSet = keep from;
          operator = module: keep (imap1 (load context module) module.imports);
        };
      all = closure (found: found);
      disabled = concatMap (module: map (disabledKey context module.file) module.disabled) all;
    in
    if disabled == [ ] then all else closure (filter (module: !elem module.key disabled));
}
