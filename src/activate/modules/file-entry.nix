# What one file of the machine is: the options of an entry, and how it stands in the manifest.
{
  lib,
  pkgs,
  definedIn,
}:
let
  inherit (builtins)
    isPath
    match
    stringLength
    substring
    ;
  inherit (lib) mkOption types;
in
{
  type = types.submodule {
    options = {
      enable = mkOption {
        type = types.bool;
        default = true;
        description = "Whether the file is there at all.";
      };
      text = mkOption {
        type = types.nullOr types.lines;
        default = null;
        description = "The content.";
      };
      source = mkOption {
        type = types.nullOr (types.either types.path types.str);
        default = null;
        description = ''
          Where the content comes from: a file of the configuration, or a path in a package. With the kind `symlink'
          also a folder, or any target.
        '';
      };
      kind = mkOption {
        type = types.enum [
          "copy"
          "symlink"
          "directory"
        ];
        default = "copy";
        description = ''
          `copy': a real file (of a folder: real files for all that is in it). `symlink': a link to the source.
          `directory': a folder that is there; what it holds is not ours.
        '';
      };
      mode = mkOption {
        type = types.nullOr (types.strMatching "0?[0-7]{3,4}");
        default = null;
        example = "0600";
        description = "The permissions, in octal; 0644 for files and 0755 for folders when not given.";
      };
      user = mkOption {
        type = types.str;
        default = "root";
        description = "The owner: a name of the machine's /etc/passwd, or a number.";
      };
      group = mkOption {
        type = types.str;
        default = "root";
        description = "The group: a name of the machine's /etc/group, or a number.";
      };
    };
  };

  # The manifest's record of an entry. `option' is the place of the attribute set that it is in, `name' its name there,
  # `files' maps names to the files that define them.
  record =
    {
      option,
      name,
      path,
      files,
    }:
    entry:
    let
      where = "${lib.showOption (option ++ [ name ])} (${origin})";
      origin = definedIn (files.${name} or "<configuration>");
      given = (if entry.text != null then 1 else 0) + (if entry.source != null then 1 else 0);
      wanted = if entry.kind == "directory" then 0 else 1;
      source =
        if entry.text != null then
          pkgs.writeText (pkgs.storeName (substring 1 (stringLength path) path)) entry.text
        else if isPath entry.source then
          "${entry.source}"
        else
          toString entry.source;
      fourDigits = mode: substring (stringLength mode) 4 "0000${mode}";
      owned = {
        mode = fourDigits (
          if entry.mode != null then
            entry.mode
          else if entry.kind == "directory" then
            "755"
          else
            "644"
        );
        inherit (entry) user group;
      };
      content =
        {
          copy = owned // {
            source = "${source}";
          };
          symlink = {
            target = "${source}";
          };
          directory = owned;
        }.${entry.kind};
    in
    if match "(/[^/]+)+" path == null || match ".*/[.][.]?(/.*)?" path != null then
      throw
        "${where}: a file's place must be an absolute path without `.', `..' or empty parts, not `${path}'."
    else if given != wanted then
      throw "${where}: ${
        if wanted == 0 then
          "a directory takes neither `text' nor `source'."
        else if given == 0 then
          "give it a `text' or a `source'."
        else
          "give it a `text' or a `source', not both."
      }"
    else
      content
      // {
        inherit path;
        inherit (entry) kind;
        realm = "congruent";
        option = lib.showOption (option ++ [ name ]);
        definedIn = origin;
      };

  originsOf = import ./origins.nix;
}
