# What the machine is as a whole.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
  records =
    what:
    mkOption {
      type = types.listOf types.raw;
      default = [ ];
      internal = true;
      description = "The manifest's records of ${what}, from the modules that declare them.";
    };
in
{
  options.system = {
    name = mkOption {
      type = types.strMatching "[a-zA-Z0-9+._?=-]+";
      default = config.networking.hostName;
      defaultText = lib.literalExpression "config.networking.hostName";
      description = "The name of the system in the store; the host's when not given.";
    };
    platform = mkOption {
      type = types.str;
      default = builtins.currentSystem;
      defaultText = lib.literalExpression "builtins.currentSystem";
      example = "x86_64-linux";
      description = "The system that builds run on and whose packages are taken.";
    };
    build = mkOption {
      type = types.lazyAttrsOf types.package;
      default = { };
      description = "The derivations that the machine is made of; `toplevel' is the whole.";
    };
    manifest = {
      users = records "users";
      groups = records "groups";
      probes = records "probes";
      realms = records "realms";
      converge = records "what converges";
      specialisations = records "other forms of the machine";
      settings = mkOption {
        type = types.raw;
        internal = true;
        description = "The manifest's settings of a switch.";
      };
    };
    manifestFiles = mkOption {
      type = types.listOf types.raw;
      default = [ ];
      internal = true;
      description = "The manifest's records of files, from the modules that declare files.";
    };
  };
}
