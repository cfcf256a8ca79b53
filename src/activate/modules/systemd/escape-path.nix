# The name of the unit that mounts a place: systemd's escaping of paths.
{ lib }:
let
  inherit (builtins)
    concatStringsSep
    filter
    isString
    map
    match
    split
    stringLength
    substring
    ;
  # The code of an ASCII character, as two hexadecimal digits.
  codes = " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";
  digit = number: substring number 1 "0123456789abcdef";
  codeOf = lib.listToAttrs (lib.genList (
    index:
    let
      code = index + 32;
    in
    lib.nameValuePair (substring index 1 codes) "\\x${digit (code / 16)}${digit (lib.mod code 16)}"
  ) (stringLength codes));
  plain = character: match "[A-Za-z0-9:_.]" character != null;
  escape =
    part:
    lib.concatStrings (
      lib.imap0
        (
          index: character:
          if plain character && !(index == 0 && character == ".") then
            character
          else
            codeOf.${character} or (
              throw "The path `${part}' has characters that cannot be in the name of a unit."
            )
        )
        (lib.stringToCharacters part)
    );
  parts = path: filter (part: isString part && part != "") (split "/" (toString path));
in
path:
let
  found = parts path;
  # Only the very first character of the name must not be a dot.
  names =
    lib.imap0
      (index: part: if index == 0 then escape part else lib.removePrefix "_" (escape "_${part}"))
      found;
in
if found == [ ] then "-" else concatStringsSep "-" names
