# Units of the service manager.
{
  config,
  options,
  lib,
  pkgs,
  definedIn,
  ...
}:
let
  inherit (builtins)
    attrNames
    concatMap
    filter
    map
    mapAttrs
    ;
  inherit (lib) mkOption types;
  unitOptions = import ./unit-options.nix { inherit lib; };
  textOf = import ./text.nix { inherit lib pkgs; };
  recordsOf = import ./records.nix { inherit lib pkgs; };
  escapePath = import ./escape-path.nix { inherit lib; };
  originsOf = import ../origins.nix;
  errors = import ../lib/errors.nix { basics = lib; };
  cfg = config.systemd;

  set =
    kind: what: example:
    mkOption {
      type = types.attrsOf (types.submodule { options = unitOptions.${kind}; });
      default = { };
      inherit example;
      description = "${what}, by their names without `.${kind}'.";
    };
  list =
    kind: what: example:
    mkOption {
      type = types.listOf (types.submodule { options = unitOptions.${kind}; });
      default = [ ];
      inherit example;
      description = "${what}.";
    };

  kinds = {
    service = "services";
    socket = "sockets";
    timer = "timers";
    path = "paths";
    target = "targets";
    slice = "slices";
  };
  named = concatMap (
    kind:
    let
      option = kinds.${kind};
      files = originsOf options.systemd.${option};
    in
    lib.mapAttrsToList (
      name: unit: {
        name = "${name}.${kind}";
        inherit unit;
        text = whole unit (textOf kind name unit);
        declared = declared [ "systemd" option name ] files.${name};
      }
    ) cfg.${option}
  ) (attrNames kinds);

  # A unit that says nothing of itself is one all the same.
  whole = unit: text: if text == "" && unit.overrideStrategy == "asUnit" then "[Unit]\n" else text;

  # A list's elements have no names: they are found by where they are mounted.
  mounted =
    kind: option:
    map (unit: {
      name = "${escapePath unit.where}.${kind}";
      inherit unit;
      text = textOf kind unit.where unit;
      declared = declared [ "systemd" option ] (lib.last options.systemd.${option}.files);
    }) cfg.${option};

  byText =
    let
      files = originsOf options.systemd.units;
    in
    lib.mapAttrsToList (
      name: unit: {
        inherit name unit;
        text = if unit.text == null then "" else unit.text;
        declared = declared [ "systemd" "units" name ] files.${name};
      }
    ) cfg.units;

  declared =
    option: file:
    {
      option = lib.showOption option;
      definedIn = definedIn file;
    };
  all = named ++ mounted "mount" "mounts" ++ mounted "automount" "automounts" ++ byText;
  declaredWhole = lib.listToAttrs (
    map (unit: lib.nameValuePair unit.name true) (
      filter (one: one.unit.overrideStrategy == "asUnit" && one.text != "") all
    )
  );
  declares = name: declaredWhole ? ${name};

  assertionsOf =
    name: service:
    let
      has = directive: service.serviceConfig ? ${directive};
      runs = service.script != "" || has "ExecStart" || has "ExecStop" || service.preStop != "";
    in
    [
      {
        assertion = service.script == "" || !has "ExecStart";
        message = "systemd.services.${name} has a `script', which is what it runs, and `serviceConfig.ExecStart' as well.";
      }
      {
        assertion = runs || !service.enable || service.overrideStrategy == "asDropin";
        message = "systemd.services.${name} runs nothing: give it a `script' or `serviceConfig.ExecStart'. To add to a service that the distribution has, write `overrideStrategy = \"asDropin\"'.";
      }
    ];

  # Directives that systemd does not know and that are nearly the name of one that it does: warnings, as a later systemd may
  # know them.
  directives = import ./directives.nix;
  sections = {
    service = "Service";
    socket = "Socket";
    timer = "Timer";
    path = "Path";
    slice = "Slice";
  };
  misspelt =
    kind: name: unit:
    let
      check =
        section: given:
        concatMap (
          directive:
          let
            near = errors.nearestWithin 2 directive (attrNames directives.${section});
          in
          lib.optional
            (near != [ ])
            ("systemd.${kinds.${kind}}.${name}: systemd knows no directive `${directive}' in [${section}]. Did you mean `${builtins.head near}'?")
        ) (filter (directive: !(directives.${section} ? ${directive}) && !lib.hasPrefix "X-" directive) (attrNames given));
    in
    check "Unit" unit.unitConfig
    ++ lib.optionals (sections ? ${kind}) (check sections.${kind} unit."${kind}Config");

  timed = lib.filterAttrs (_: service: service.enable && service.startAt != [ ]) cfg.services;
in
{
  options.systemd = {
    services = set "service" "Services" {
      shop = {
        wantedBy = [ "multi-user.target" ];
        serviceConfig.ExecStart = "/usr/bin/shop";
      };
    };
    sockets = set "socket" "Sockets that start services" {
      shop.listenStreams = [ "8080" ];
    };
    timers = set "timer" "Timers that start services" {
      backup.timerConfig.OnCalendar = "03:00";
    };
    paths = set "path" "Watches of files that start services" {
      shop.pathConfig.PathChanged = "/etc/shop.conf";
    };
    targets = set "target" "Names for groups of units" { shop.wants = [ "shop.service" ]; };
    slices = set "slice" "Shares of the machine" { shop.sliceConfig.MemoryMax = "1G"; };
    mounts = list "mount" "File systems to mount" [
      {
        what = "tmpfs";
        where = "/srv/scratch";
        type = "tmpfs";
      }
    ];
    automounts = list "automount" "File systems that are mounted when they are looked into" [
      { where = "/srv/archive"; }
    ];
    units = mkOption {
      type = types.attrsOf (types.submodule { options = unitOptions.plain; });
      default = { };
      example = {
        "apt-daily.timer".enable = false;
      };
      description = "Units by their whole names: with a text of their own, to be masked, or to be asked for.";
    };
  };

  options.system.unitTexts = mkOption {
    type = types.raw;
    internal = true;
    readOnly = true;
    default = lib.listToAttrs (map (one: lib.nameValuePair one.name one.text) all);
    description = "The texts of all units, by their names.";
  };

  config = {
    systemd.timers = mapAttrs (
      name: service:
      lib.mkDefinition {
        file = (originsOf options.systemd.services).${name};
        value = {
          wantedBy = [ "timers.target" ];
          timerConfig.OnCalendar = service.startAt;
        };
      }
    ) timed;

    assertions = concatMap (name: assertionsOf name cfg.services.${name}) (attrNames cfg.services);

    warnings =
      concatMap
        (
          kind:
          lib.concatMap (name: misspelt kind name cfg.${kinds.${kind}}.${name}) (
            attrNames cfg.${kinds.${kind}}
          )
        )
        (attrNames kinds);

    system.manifestFiles = concatMap (
      one:
      recordsOf {
        inherit (one)
          declared
          name
          unit
          text
          ;
        inherit declares;
      }
    ) all;
  };
}
