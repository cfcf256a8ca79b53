# Which parts of the machine are as declared, which are kept in shape while it runs, and which are left alone.
{
  config,
  options,
  lib,
  definedIn,
  ...
}:
let
  inherit (builtins) attrNames concatMap map;
  inherit (lib) mkOption types;
  kinds = import ./converge-settings.nix { inherit lib; };

  rule = types.coercedTo types.str (reason: { inherit reason; }) (types.submodule {
    options.reason = mkOption {
      type = types.nonEmptyStr;
      description = "Why.";
    };
  });
  rules =
    what: example:
    mkOption {
      type = types.attrsWith {
        elemType = rule;
        placeholder = "pattern";
      };
      default = { };
      inherit example;
      description = "Places that ${what}: patterns of paths, each with the reason.";
    };
  ruleRecords =
    realm:
    let
      files = import ./origins.nix options.realms.${realm};
    in
    lib.mapAttrsToList (
      pattern: rule: {
        inherit pattern realm;
        inherit (rule) reason;
        option = lib.showOption [ "realms" realm pattern ];
        definedIn = definedIn files.${pattern};
      }
    ) config.realms.${realm};

  # What the settings are depends on the kind; for documentation, that of no entry, they are of any.
  converge =
    { name, config, ... }:
    {
      options = {
        enable = mkOption {
          type = types.bool;
          default = true;
          description = "Whether it is kept in shape.";
        };
        kind = mkOption {
          type = types.enum (attrNames kinds);
          description = "What is kept in shape.";
        };
        settings = mkOption {
          type =
            if name == "<name>" then
              types.attrsOf types.anything
            else
              types.submodule { options = kinds.${config.kind}; };
          # For documentation: `converge.<apt>.settings' has those of the kind `apt'.
          variants = builtins.mapAttrs (_: options: types.submodule { inherit options; }) kinds;
          default = { };
          example = {
            packages = [ "nginx" ];
          };
          description = "How, by kind. A command has `check' and `apply', each a list of a program and its arguments.";
        };
        after = mkOption {
          type = types.listOf types.str;
          default = [ ];
          description = "Entries that come before this one.";
        };
        triggers = mkOption {
          type = types.listOf types.str;
          default = [ ];
          example = [ "nginx.service" ];
          description = "Units and entries that are told when this one had to change something.";
        };
      };
    };
  convergeFiles = import ./origins.nix options.converge;
  convergeRecord =
    name:
    let
      entry = config.converge.${name};
    in
    {
      inherit name;
      inherit (entry)
        kind
        after
        triggers
        ;
      settings = lib.filterAttrs (_: value: value != null) entry.settings;
      option = lib.showOption [ "converge" name ];
      definedIn = definedIn convergeFiles.${name};
    };
  active = builtins.filter (name: config.converge.${name}.enable) (attrNames config.converge);
in
{
  options.realms = {
    congruent = rules "are exactly as declared, and whose every deviation is an alarm" { };
    convergent = rules "are brought back into shape while the machine runs" { };
    divergent = rules "are left alone, whatever happens to them" {
      "/var/lib/postgresql/**" = "the shop's data";
    };
  };
  options.converge = mkOption {
    type = types.attrsOf (types.submodule converge);
    default = { };
    example = {
      nginx-installed = {
        kind = "apt";
        settings.packages = [ "nginx" ];
      };
    };
    description = "What is looked at and brought back into shape while the machine runs.";
  };

  config.system.manifest = {
    realms = concatMap ruleRecords [
      "congruent"
      "convergent"
      "divergent"
    ];
    converge = map convergeRecord active;
  };
  config.assertions =
    concatMap (
      realm:
      map (pattern: {
        assertion = lib.hasPrefix "/" pattern;
        message = "realms.${realm}.${builtins.toJSON pattern}: a pattern must be absolute.";
      }) (attrNames config.realms.${realm})
    ) (attrNames config.realms)
    ++ concatMap (
      name:
      map (other: {
        assertion = config.converge ? ${other};
        message = "converge.${name}.after names `${other}', which is no entry of `converge'.";
      }) config.converge.${name}.after
    ) active;
}
