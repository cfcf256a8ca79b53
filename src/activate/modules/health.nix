# What must be true of the machine for a switch to count as done.
{
  config,
  options,
  lib,
  definedIn,
  ...
}:
let
  inherit (builtins) attrNames filter head length;
  inherit (lib) mkOption types;
  files = import ./origins.nix options.health.probes;
  kinds = [
    "command"
    "http"
    "tcp"
    "unit"
  ];
  kind =
    type: example: description:
    mkOption {
      type = types.nullOr type;
      default = null;
      inherit example description;
    };
  probe.options = {
    enable = mkOption {
      type = types.bool;
      default = true;
      description = "Whether it is asked.";
    };
    command = kind (types.nonEmptyListOf types.str) [
      "/usr/bin/pg_isready"
    ] "A program with its arguments, which must end well.";
    http =
      kind
        (types.strMatching "https?://[^[:space:]]+")
        "http://localhost/"
        "An address that must answer with success.";
    tcp =
      kind
        (types.strMatching "[^[:space:]]+:[0-9]{1,5}")
        "localhost:5432"
        "A host and port that must take connections.";
    unit =
      kind
        (types.strMatching "[^[:space:]]+[.][a-z]+")
        "nginx.service"
        "A unit that must be active.";
    timeout = mkOption {
      type = types.ints.between 1 86400;
      default = 10;
      description = "Seconds until it must have succeeded; it is asked again and again until then.";
    };
  };
  record =
    name:
    let
      asked = config.health.probes.${name};
      given = filter (kind: asked.${kind} != null) kinds;
      kind = head given;
    in
    if length given != 1 then
      throw
        "health.probes.${name} (${definedIn files.${name}}) needs one of `command', `http', `tcp' and `unit'."
    else
      {
        inherit name kind;
        inherit (asked) timeout;
        target = asked.${kind};
        option = lib.showOption [ "health" "probes" name ];
        definedIn = definedIn files.${name};
      };
in
{
  options.health.probes = mkOption {
    type = types.attrsOf (types.submodule probe);
    default = { };
    example = {
      shop.http = "http://localhost/health";
    };
    description = "Questions to the machine. A switch after which one of them fails is undone.";
  };
  config.system.manifest.probes = map record (
    filter (name: config.health.probes.${name}.enable) (attrNames config.health.probes)
  );
}
