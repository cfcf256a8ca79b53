# Declaring options.
{ types }:
rec {
  # { type; default; defaultText; description; example; apply; internal; visible; readOnly; }; all may be left out, but
  # a type is always wanted.
  mkOption =
    option:
    {
      type = types.unspecified;
    }
    // option
    // {
      _type = "option";
    };

  # An option that switches something on: `what' is on when it is true.
  mkEnableOption = what: {
    _type = "option";
    type = types.bool;
    default = false;
    description = "Whether to enable ${what}.";
    example = true;
  };

  # An option for the package that something is taken from.
  mkPackageOption =
    pkgs: name:
    {
      nullable ? false,
      default ? name,
      ...
    }:
    mkOption {
      type = if nullable then types.nullOr types.package else types.package;
      ${if default == null then null else "default"} = pkgs.${default};
      defaultText = literalExpression "pkgs.${default}";
      description = "The package of ${name}.";
    };

  # Text that documentation shows as it is, where a value would be printed.
  literalExpression = text: {
    _type = "literalExpression";
    inherit text;
  };
  literalMD = text: {
    _type = "literalMD";
    inherit text;
  };
  mdDoc = text: text;
}
