# Types of values with values inside: lists, sets, functions, and whatever.
{
  basics,
  properties,
  errors,
  merge,
  core,
}:
let
  inherit (builtins)
    all
    attrNames
    concatLists
    concatMap
    filter
    head
    isAttrs
    isFunction
    isList
    length
    map
    mapAttrs
    removeAttrs
    ;
  inherit (basics) isDerivation;
  inherit (core)
    combineInner
    mergeEqual
    mergeOne
    mkType
    plural
    values
    ;
  inherit (merge) byName mergeNested;

  ofKind = check: all (definition: check definition.value);
  isSet =
    value:
    isAttrs value && !isDerivation value && !(value ? __toString) && !(value ? outPath);

  # `lazy`: an attribute is there as soon as it is named, even if its conditions all turn out false.
  attributes =
    lazy: name: elementType:
    mkType {
      inherit name;
      description = "a set of ${plural elementType}";
      check = isAttrs;
      empty = _: { };
      nested.elementType = elementType;
      combine = combineInner (attributes lazy name) elementType;
      merge =
        loc: definitions:
        let
          found = mapAttrs (name: mergeNested (loc ++ [ name ]) elementType) (
            byName (concatMap properties.pushDown definitions)
          );
          gone = filter (name: !(found.${name} ? value)) (attrNames found);
          absent =
            name:
            (elementType.empty or (_: throw (errors.onlyConditions (loc ++ [ name ])))) (
              loc ++ [ name ]
            );
        in
        if lazy then
          mapAttrs (name: entry: entry.value or (absent name)) found
        else
          mapAttrs (_: entry: entry.value) (if gone == [ ] then found else removeAttrs found gone);
    };
in
rec {
  attrsOf = attributes false "attrsOf";
  lazyAttrsOf = attributes true "lazyAttrsOf";
  attrsWith =
    {
      elemType,
      lazy ? false,
      placeholder ? "name",
    }:
    (if lazy then lazyAttrsOf else attrsOf) elemType // { inherit placeholder; };

  listOf =
    elementType:
    mkType {
      name = "listOf";
      description = "a list of ${plural elementType}";
      check = isList;
      empty = _: [ ];
      nested.elementType = elementType;
      combine = combineInner listOf elementType;
      merge =
        loc:
        concatMap (
          definition:
          concatLists (basics.imap1 (
            index: value:
            let
              element = mergeNested (loc ++ [ "[${toString index}]" ]) elementType [
                (definition // { inherit value; })
              ];
            in
            if element ? value then [ element.value ] else [ ]
          ) definition.value)
        );
    };
  nonEmptyListOf =
    type:
    core.addCheck (removeAttrs (listOf type) [ "empty" ]) (value: value != [ ])
    // {
      name = "nonEmptyListOf";
      description = "a list, not empty, of ${plural type}";
    };

  functionTo =
    result:
    mkType {
      name = "functionTo";
      description = "a function that returns ${result.description}";
      check = isFunction;
      nested.elementType = result;
      combine = combineInner functionTo result;
      merge =
        loc: definitions: argument:
        merge.mergeChecked (loc ++ [ "<result>" ]) result (
          map (definition: definition // { value = definition.value argument; }) definitions
        );
    };

  # Sets merged as deep as they are sets on all sides, with conditions and priorities inside looked at; functions by
  # what they return; anything else must be equal, and a list must have one definition.
  anything = mkType {
    name = "anything";
    description = "anything";
    merge =
      loc: definitions:
      if ofKind isSet definitions then
        (lazyAttrsOf anything).merge loc definitions
      else if ofKind isList definitions && length definitions == 1 then
        (listOf anything).merge loc definitions
      else if ofKind isList definitions then
        throw (errors.conflict loc definitions)
      else if ofKind isFunction definitions && length definitions > 1 then
        argument:
        anything.merge (loc ++ [ "<result>" ]) (
          map (definition: definition // { value = definition.value argument; }) definitions
        )
      else
        mergeEqual loc definitions;
  };

  # Whatever was written: lists appended, sets laid over one another, anything else equal.
  unspecified = mkType {
    name = "unspecified";
    description = "any value";
    merge =
      loc: definitions:
      if length definitions == 1 then
        (head definitions).value
      else if ofKind isList definitions then
        concatLists (values definitions)
      else if ofKind isSet definitions then
        builtins.foldl' (all: set: all // set) { } (values definitions)
      else
        mergeEqual loc definitions;
  };

  raw = mkType {
    name = "raw";
    description = "any value, from one definition";
    merge = mergeOne;
  };

  attrs = mkType {
    name = "attrs";
    description = "a set";
    check = isAttrs;
    empty = _: { };
    merge = _: definitions: builtins.foldl' (all: set: all // set) { } (values definitions);
  };
}
