# The machine's name, and the names it knows without asking.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.networking;
in
{
  options.networking = {
    hostName = mkOption {
      type = types.strMatching "[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?";
      example = "web1";
      description = "The machine's name, without its domain; it is in /etc/hostname.";
    };
    hosts = mkOption {
      type = types.attrsOf (types.listOf types.str);
      default = { };
      example = {
        "192.0.2.7" = [ "db" ];
      };
      description = "Addresses and the names they have, for /etc/hosts; the machine's own are added.";
    };
  };

  config = {
    networking.hosts = {
      "127.0.0.1" = lib.mkBefore [ "localhost" ];
      "127.0.1.1" = [ cfg.hostName ];
      "::1" = lib.mkBefore [
        "localhost"
        "ip6-localhost"
      ];
    };
    environment.etc.hostname.text = lib.mkDefault "${cfg.hostName}\n";
    environment.etc.hosts.text = lib.mkDefault (
      lib.concatStrings (
        lib.mapAttrsToList (address: names: "${address} ${lib.concatStringsSep " " names}\n") cfg.hosts
      )
    );
  };
}
