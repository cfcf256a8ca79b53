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

  # What is null is not written.
  list = units: if units == [ ] then null else concatStringsSep " " units;
  unless = default: given: if given == default then null else given;

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
  triggers = given: list (map trigger given);

  unitSection =
    unit:
    {
      Description = unless "" unit.description;
      Documentation = list unit.documentation;
      Requires = list unit.requires;
      Requisite = list unit.requisite;
      Wants = list unit.wants;
      Upholds = list unit.upholds;
      BindsTo = list unit.bindsTo;
      PartOf = list unit.partOf;
      Conflicts = list unit.conflicts;
      Before = list unit.before;
      After = list unit.after;
      OnFailure = list unit.onFailure;
      OnSuccess = list unit.onSuccess;
      X-Restart-Triggers = triggers unit.restartTriggers;
      X-Reload-Triggers = triggers unit.reloadTriggers;
      X-StopOnRemoval = unless true unit.stopOnRemoval;
      X-OnlyManualStart = unless false unit.onlyManualStart;
    }
    // unit.unitConfig;

  script = unit: kind: text: "/bin/sh -e ${pkgs.writeText (pkgs.storeName "${unit}-${kind}") text}";
  asList = given: if builtins.isList given then given else [ given ];

  # What is declared as a script comes before what `serviceConfig` says of the same directive.
  scripts =
    name: unit:
    let
      add =
        option: directive: args:
        optionalAttrs (unit.${option} != "") {
          ${directive} =
            [
              (script name option unit.${option} + args)
            ]
            ++ lib.optionals (unit.serviceConfig ? ${directive}) (
              asList unit.serviceConfig.${directive}
            );
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
    // {
      X-RestartIfChanged = unless true unit.restartIfChanged;
      X-ReloadIfChanged = unless false unit.reloadIfChanged;
      X-StopIfChanged = unless true unit.stopIfChanged;
      X-NotSocketActivated = unless false unit.notSocketActivated;
    };

  sections = {
    service = name: unit: [ (value.section "Service" (serviceSection name unit)) ];
    socket =
      _: unit:
      [
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
    mount =
      _: unit:
      [
        (value.section "Mount" (
          {
            What = unit.what;
            Where = unit.where;
            Type = unless "" unit.type;
            Options = unless "" unit.options;
          }
          // unit.mountConfig
        ))
      ];
    automount =
      _: unit:
      [
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
