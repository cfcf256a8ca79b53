# Types of plain values: truth, numbers, text, places.
{ basics, core }:
let
  inherit (builtins)
    concatStringsSep
    isBool
    isFloat
    isInt
    isPath
    isString
    match
    ;
  inherit (basics) hasPrefix isDerivation showValue;
  inherit (core)
    mergeEqual
    mkType
    simple
    values
    ;

  joined =
    name: description: separator:
    mkType {
      inherit name description;
      payload = separator;
      asIs = true;
      check = isString;
      merge = _: definitions: concatStringsSep separator (values definitions);
    };

  isNumber = value: isInt value || isFloat value;
  isPlace = value: isPath value || isDerivation value || (isString value && hasPrefix "/" value);
  storePrefix = builtins.storeDir + "/";

  ints = rec {
    between =
      low: high:
      simple "intBetween" "an integer from ${toString low} to ${toString high}" (
        value: isInt value && low <= value && value <= high
      )
      // {
        payload = [
          low
          high
        ];
      };
    unsigned = simple "unsignedInt" "an integer, 0 or more" (value: isInt value && value >= 0);
    positive = simple "positiveInt" "an integer over 0" (value: isInt value && value > 0);
    u8 = between 0 255;
    u16 = between 0 65535;
    u32 = between 0 4294967295;
    s8 = between (-128) 127;
    s16 = between (-32768) 32767;
    s32 = between (-2147483648) 2147483647;
  };
  numbers = {
    between =
      low: high:
      simple "numberBetween" "a number from ${toString low} to ${toString high}" (
        value: isNumber value && low <= value && value <= high
      )
      // {
        payload = [
          low
          high
        ];
      };
    nonnegative = simple "numberNonnegative" "a number, 0 or more" (
      value: isNumber value && value >= 0
    );
    positive = simple "numberPositive" "a number over 0" (value: isNumber value && value > 0);
  };
in
rec {
  inherit ints numbers;

  bool = simple "bool" "true or false" isBool;
  # True as soon as one definition says so.
  boolByOr = mkType {
    name = "boolByOr";
    description = "true or false, true when one definition is";
    check = isBool;
    merge = _: definitions: builtins.any (value: value) (values definitions);
  };
  int = simple "int" "an integer" isInt;
  float = simple "float" "a floating point number" isFloat;
  number = simple "number" "a number" isNumber;
  port = ints.u16 // {
    name = "port";
    description = "a port number, 0 to 65535";
  };

  str = simple "str" "a string" isString;
  singleLineStr =
    strMatching "[^\n\r]*"
    // {
      name = "singleLineStr";
      description = "a string of one line";
    };
  # A field of /etc/passwd or /etc/group.
  passwdEntry =
    type:
    core.addCheck type (value: match "[^:\n]*" (toString value) != null)
    // {
      name = "passwdEntry";
      description = "${type.description}, without colons and line breaks";
    };
  nonEmptyStr = simple "nonEmptyStr" "a string that is not empty" (
    value: isString value && match "[ \t\n]*" value == null
  );
  strMatching =
    pattern:
    simple "strMatching" "a string that matches ${builtins.toJSON pattern}" (
      value: isString value && match pattern value != null
    )
    // {
      payload = pattern;
    };
  lines = joined "lines" "text, whose parts are joined by newlines" "\n";
  commas = joined "commas" "a string, whose parts are joined by commas" ",";
  envVar = joined "envVar" "a list of places, as in PATH" ":";
  separatedString =
    separator:
    joined
      "separatedString"
      "a string, whose parts are joined by ${builtins.toJSON separator}"
      separator;

  # An absolute path: a path value, a string, or what has an outPath.
  path = simple "path" "an absolute path" isPlace;
  externalPath = simple "externalPath" "an absolute path outside of the store" (
    value: isString value && hasPrefix "/" value && !hasPrefix storePrefix value
  );
  pathInStore = simple "pathInStore" "a path in the store" (
    value: isDerivation value || (isString value && hasPrefix storePrefix value)
  );
  package = simple "package" "a package (a derivation or a store path)" (
    value: isDerivation value || (isString value && hasPrefix storePrefix value)
  );

  enum =
    allowed:
    mkType {
      name = "enum";
      description = "one of ${basics.concatMapStringsSep ", " showValue allowed}";
      check = value: builtins.elem value allowed;
      merge = mergeEqual;
      asIs = true;
      inherit allowed;
      # What several modules allow is allowed.
      combine = other: enum (basics.unique (allowed ++ other.allowed));
    };

  optionType = mkType {
    name = "optionType";
    description = "a type";
    check = core.isOptionType;
    merge =
      loc: definitions:
      let
        type = core.joinAll (values definitions);
      in
      if type == null then core.mergeOne loc definitions else type;
  };
}
