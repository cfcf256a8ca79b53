# The text of a unit, from its options.
{ lib, pkgs }:
let
  inherit (builtins)
    concatStringsSep
    hashString
    isPath
    isString
    map
    match
    toJSON
    ;
  inherit (lib) optionalAttrs;
  value = import ./value.nix { inherit lib; };

  list = name: units: optionalAttrs (units != [ ]) { ${name} = concatStringsSep " " units; };
  unless = default: given: name: optionalAttrs (given != default) { ${name} = given; };

  # A trigger is one word: a path stands for itself, any other text for its digest. What a text that mentions packages
  # will be is known once they are built, so it becomes a file.
  trigger =
    given:
    let
      text =
        if isPath given || isString given || (builtins.isAttrs given && given ? outPath) then
          "${given}"
        else
          toJSON given;
      isPlace = match "/[^[:space:]]+" text != null;
    in
    if isPlace && (builtins.hasContext text || lib.hasPrefix builtins.storeDir text) then
      text
    else if builtins.hasContext text then
      "${pkgs.writeText "trigger" text}"
    else
      hashString "sha256" text;
  triggers = name: given: list name (map trigger given);

  unitSection =
    unit:
    optionalAttrs (unit.description != "") { Description = unit.description; }
    // list "Documentation" unit.documentation
    // list "Requires" unit.requires
    // list "Requisite" unit.requisite
    // list "Wants" unit.wants
    // list "Upholds" unit.upholds
    // list "BindsTo" unit.bindsTo
    // list "PartOf" unit.partOf
    // list "Conflicts" unit.conflicts
    // list "Before" unit.before
    // list "After" unit.after
    // list "OnFailure" unit.onFailure
    // list "OnSuccess" unit.onSuccess
    // triggers "X-Restart-Triggers" unit.restartTriggers
    // triggers "X-Reload-Triggers" unit.reloadTriggers
    // unless true unit.stopOnRemoval "X-StopOnRemoval"
    // unless false unit.onlyManualStart "X-OnlyManualStart"
    // unit.unitConfig;

  script =
    unit: kind: text:
    "/bin/sh -e ${pkgs.writeText (pkgs.storeName "${unit}-${kind}") text}";
  asList = given: if builtins.isList given then given else [ given ];

  # What is declared as a script comes before what `serviceConfig` says of the same directive.
  scripts =
    name: unit:
    let
      add =
        option: directive: args:
        optionalAttrs (unit.${option} != "") {
          ${directive} = [
            (script name option unit.${option} + args)
          ]
          ++ lib.optionals (unit.serviceConfig ? ${directive}) (asList unit.serviceConfig.${directive});
        };
    in
    add "preStart" "ExecStartPre" ""
    // add "script" "ExecStart" (lib.optionalString (unit.scriptArgs != "") " ${unit.scriptArgs}")
    // add "postStart" "ExecStartPost" ""
    // add "reload" "ExecReload" ""
    // add "preStop" "ExecStop" ""
    // add "postStop" "ExecStopPost" "";

  hostPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  environment =
    unit:
    let
      own = lib.filterAttrs (_: value: value != null) unit.environment;
      folders = lib.concatMapStrings (package: "${package}/bin:${package}/sbin:") unit.path;
      all = optionalAttrs (unit.path != [ ]) { PATH = folders + hostPath; } // own;
      lines = lib.mapAttrsToList (name: value: toJSON "${name}=${toString value}") all;
      given = unit.serviceConfig.Environment or [ ];
    in
    optionalAttrs (lines != [ ]) { Environment = lines ++ asList given; };

  serviceSection =
    name: unit:
    unit.serviceConfig
    // environment unit
    // scripts name unit
    // unless true unit.restartIfChanged "X-RestartIfChanged"
    // unless false unit.reloadIfChanged "X-ReloadIfChanged"
    // unless true unit.stopIfChanged "X-StopIfChanged"
    // unless false unit.notSocketActivated "X-NotSocketActivated";

  sections = {
    service = name: unit: [ (value.section "Service" (serviceSection name unit)) ];
    socket = _: unit: [
      (value.section "Socket" (
        unit.socketConfig
        // optionalAttrs (unit.listenStreams != [ ]) { ListenStream = unit.listenStreams; }
        // optionalAttrs (unit.listenDatagrams != [ ]) { ListenDatagram = unit.listenDatagrams; }
      ))
    ];
    timer = _: unit: [ (value.section "Timer" unit.timerConfig) ];
    path = _: unit: [ (value.section "Path" unit.pathConfig) ];
    slice = _: unit: [ (value.section "Slice" unit.sliceConfig) ];
    target = _: _: [ ];
    mount = _: unit: [
      (value.section "Mount" (
        {
          What = unit.what;
          Where = unit.where;
        }
        // unless "" unit.type "Type"
        // unless "" unit.options "Options"
        // unit.mountConfig
      ))
    ];
    automount = _: unit: [
      (value.section "Automount" ({ Where = unit.where; } // unit.automountConfig))
    ];
  };
in
# kind (`service', `timer', ...) -> name without the kind -> options -> text
kind: name: unit:
concatStringsSep "\n" (
  builtins.filter (text: text != "") (
    [ (value.section "Unit" (unitSection unit)) ] ++ sections.${kind} name unit
  )
)
