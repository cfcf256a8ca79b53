# What a unit is on the machine: its file, the links that ask for it, its further names; or a mask.
{ lib, pkgs }:
let
  inherit (builtins)
    concatMap
    isNull
    map
    match
    head
    ;
  folder = "/etc/systemd/system";
  link =
    head': path: target:
    head'
    // {
      kind = "symlink";
      inherit path target;
    };
  # `foo@bar.service' -> `foo@.service'; null for what is no instance.
  templateOf =
    name:
    let
      parts = match "([^@]+@)[^.].*([.][a-z]+)" name;
    in
    if isNull parts then null else lib.concatStrings parts;
in
# declared  { option; definedIn; }
# name      of the unit, with its kind
# unit      its options
# text      its text, or null for an instance of which only links are wanted
# declares  whether a unit of a name is declared as a whole
{
  declared,
  name,
  unit,
  text,
  declares,
}:
let
  head' = declared // {
    realm = "congruent";
  };
  copy =
    path: name: text:
    head'
    // {
      kind = "copy";
      inherit path;
      source = "${pkgs.writeText (pkgs.storeName name) text}";
      mode = "0644";
      user = "root";
      group = "root";
    };
  template = templateOf name;
  hasFile = unit.overrideStrategy == "asUnit" && text != "";
  # What a link to the unit leads to: our file, or the distribution's. systemd looks at the link's own name alone.
  file = if template != null && !hasFile then template else name;
  place = if hasFile || declares file then "../${file}" else "/usr/lib/systemd/system/${file}";
  asked = how: map (other: link head' "${folder}/${other}.${how}/${name}" place);
in
if match "[a-zA-Z0-9:_.@\\-]+[.](service|socket|timer|path|mount|automount|target|slice)" name
== null then
  throw "${declared.option} (${declared.definedIn}): `${name}' is not the name of a unit."
else if !unit.enable then
  [ (link head' "${folder}/${name}" "/dev/null") ]
else
  (
    if text == "" then
      [ ]
    else if hasFile then
      [ (copy "${folder}/${name}" name text) ]
    else
      [ (copy "${folder}/${name}.d/sysbuild.conf" "${name}.conf" text) ]
  )
  ++ asked "wants" unit.wantedBy
  ++ asked "requires" unit.requiredBy
  ++ asked "upholds" unit.upheldBy
  ++ concatMap
    (alias: [ (link head' "${folder}/${alias}" (if hasFile then name else place)) ])
    unit.aliases
