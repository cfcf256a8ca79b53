# The machine's name, the names it knows without asking, and whom it asks for others.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.networking;
  label = "[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?";
in
{
  imports = [ ./network-interfaces.nix ];

  options.networking = {
    hostName = mkOption {
      type = types.strMatching label;
      example = "web1";
      description = "The machine's name, without its domain; it is in /etc/hostname.";
    };
    domain = mkOption {
      type = types.nullOr (types.strMatching "${label}([.]${label})*");
      default = null;
      example = "example.org";
      description = "The domain that the machine is in.";
    };
    hosts = mkOption {
      type = types.attrsOf (types.listOf types.str);
      default = { };
      example = {
        "192.0.2.7" = [ "db" ];
      };
      description = "Addresses and the names they have, for /etc/hosts; the machine's own are added.";
    };
    extraHosts = mkOption {
      type = types.lines;
      default = "";
      example = "192.0.2.8 mail";
      description = "Further lines of /etc/hosts.";
    };
    nameservers = mkOption {
      type = types.listOf types.str;
      default = [ ];
      example = [ "192.0.2.53" ];
      description = "The servers that are asked for names, for /etc/resolv.conf. Without any the machine's own file stays.";
    };
    search = mkOption {
      type = types.listOf types.str;
      default = [ ];
      example = [ "example.org" ];
      description = "Domains in which short names are looked for, beside the nameservers.";
    };
  };

  config = {
    networking.hosts = {
      "127.0.0.1" = lib.mkBefore [ "localhost" ];
      "127.0.1.1" =
        lib.optionals (cfg.domain != null) [ "${cfg.hostName}.${cfg.domain}" ] ++ [ cfg.hostName ];
      "::1" = lib.mkBefore [
        "localhost"
        "ip6-localhost"
      ];
    };
    environment.etc.hostname.text = lib.mkDefault "${cfg.hostName}\n";
    environment.etc.hosts.text = lib.mkDefault (
      lib.concatStrings (
        lib.mapAttrsToList
          (address: names: "${address} ${lib.concatStringsSep " " names}\n")
          cfg.hosts
      )
      + lib.optionalString (cfg.extraHosts != "") "${lib.removeSuffix "\n" cfg.extraHosts}\n"
    );
    environment.etc."resolv.conf" = lib.mkIf (cfg.nameservers != [ ]) {
      text = lib.mkDefault (
        lib.optionalString (cfg.search != [ ]) "search ${lib.concatStringsSep " " cfg.search}\n"
        + lib.concatMapStrings (server: "nameserver ${server}\n") cfg.nameservers
      );
    };
  };
}
