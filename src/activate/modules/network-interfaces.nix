# Network interfaces, as files of the program that sets them up. A switch writes the files; they take effect when that
# program reads them, so that a machine is not cut off by the switch itself.
{
  config,
  options,
  lib,
  ...
}:
let
  inherit (builtins) map;
  inherit (lib) mkOption optional types;
  cfg = config.networking;
  files = import ./origins.nix options.networking.interfaces;

  address.options = {
    address = mkOption {
      type = types.strMatching "[0-9a-fA-F.:]+";
      example = "192.0.2.10";
      description = "The address.";
    };
    prefixLength = mkOption {
      type = types.ints.between 0 128;
      example = 24;
      description = "How many bits of it are the network's.";
    };
  };
  interface.options = {
    dhcp = mkOption {
      type = types.enum [
        true
        false
        "ipv4"
        "ipv6"
      ];
      default = false;
      description = "Whether the network is asked for an address.";
    };
    addresses = mkOption {
      type = types.listOf (types.submodule address);
      default = [ ];
      description = "Addresses that the interface has.";
    };
    gateway = mkOption {
      type = types.nullOr (types.strMatching "[0-9a-fA-F.:]+");
      default = null;
      example = "192.0.2.1";
      description = "Where everything else is sent.";
    };
    mtu = mkOption {
      type = types.nullOr (types.ints.between 68 65535);
      default = null;
      description = "The size of a packet.";
    };
    extraConfig = mkOption {
      type = types.lines;
      default = "";
      description = "Further lines, in the language of `networking.manager'.";
    };
  };

  place = one: "${one.address}/${toString one.prefixLength}";
  isSix = one: lib.hasInfix ":" one.address;

  networkd =
    name: one:
    let
      dhcp =
        {
          true = "yes";
          false = "no";
        }.${builtins.toJSON one.dhcp} or one.dhcp;
    in
    lib.concatLines (
      [
        "[Match]"
        "Name=${name}"
        ""
        "[Network]"
        "DHCP=${dhcp}"
      ]
      ++ map (address: "Address=${place address}") one.addresses
      ++ optional (one.gateway != null) "Gateway=${one.gateway}"
      ++ map (server: "DNS=${server}") cfg.nameservers
      ++ lib.optionals (one.mtu != null) [
        ""
        "[Link]"
        "MTUBytes=${toString one.mtu}"
      ]
    )
    + lib.optionalString (one.extraConfig != "") "\n${one.extraConfig}";

  ifupdown =
    name: one:
    let
      stanza =
        family: method: lines:
        [ "iface ${name} ${family} ${method}" ] ++ map (line: "    ${line}") lines;
      static =
        address:
        stanza (if isSix address then "inet6" else "inet") "static" (
          [ "address ${place address}" ]
          ++ optional
            (one.gateway != null && isSix address == lib.hasInfix ":" one.gateway)
            "gateway ${one.gateway}"
          ++ optional (one.mtu != null) "mtu ${toString one.mtu}"
        );
      asks = family: one.dhcp == true || one.dhcp == family;
    in
    lib.concatLines (
      [ "auto ${name}" ]
      ++ lib.optionals (asks "ipv4") (stanza "inet" "dhcp" [ ])
      ++ lib.optionals (asks "ipv6") (stanza "inet6" "auto" [ ])
      ++ lib.concatMap static one.addresses
    )
    + one.extraConfig;

  fileOf =
    name: one:
    lib.nameValuePair
      (
        if cfg.manager == "networkd" then
          "systemd/network/10-${name}.network"
        else
          "network/interfaces.d/${name}"
      )
      (lib.mkDefinition {
        file = files.${name};
        value.text = (if cfg.manager == "networkd" then networkd else ifupdown) name one;
      });
in
{
  options.networking = {
    manager = mkOption {
      type = types.enum [
        "networkd"
        "ifupdown"
      ];
      default = "networkd";
      description = ''
        Which program sets up the interfaces: systemd-networkd, or Debian's ifupdown (with `source
        /etc/network/interfaces.d/*' in /etc/network/interfaces, as Debian has it).
      '';
    };
    interfaces = mkOption {
      type = types.attrsOf (types.submodule interface);
      default = { };
      example = {
        eth0.dhcp = true;
      };
      description = "Interfaces, by their names.";
    };
  };
  config.environment.etc = lib.mapAttrs' fileOf cfg.interfaces;
}
