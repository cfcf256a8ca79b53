# Declaring options.
{ types }:
{
  # { type; default; description; example; apply; }; all may be left out but a type is always wanted.
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
}
