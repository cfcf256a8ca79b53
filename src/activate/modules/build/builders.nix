# Builds by shell script, in a sandbox with busybox's userland alone.
{
  lib,
  system,
  busybox,
  userland,
}:
let
  inherit (builtins)
    all
    attrNames
    attrValues
    concatStringsSep
    getContext
    hasContext
    isString
    map
    match
    replaceStrings
    storeDir
    toFile
    ;
  contentAddressed = import ./content-addressed.nix;

  # Text that mentions nothing to be built needs no build: it is written to the store as it is.
  isPlain = text: !hasContext text || all (entry: entry == { path = true; }) (attrValues (getContext text));
in
rec {
  # name      of the output
  # script    for busybox's sh, with -eu and pipefail; makes $out
  # inputs    packages whose bin folders are on the PATH, before the userland's
  # env       further environment variables: strings, paths, packages
  # files     texts given to the script as files: files.page = "..." is at $pagePath
  build =
    {
      name,
      script,
      inputs ? [ ],
      env ? { },
      files ? { },
    }:
    derivation (
      contentAddressed
      // {
        inherit name system;
        builder = "${busybox}/bin/busybox";
        args = [
          "sh"
          "-eu"
          "-o"
          "pipefail"
          "-c"
          script
        ];
        PATH = concatStringsSep ":" (map (input: "${input}/bin") (inputs ++ [ userland ]));
        ${if files != { } then "passAsFile" else null} = attrNames files;
      }
      // env
      // files
    );

  # A file with this text. References to packages may be in it.
  writeText =
    name: text:
    if isPlain text then
      toFile name text
    else
      build {
        inherit name;
        files = { inherit text; };
        script = ''cp "$textPath" "$out"'';
      };

  # A package with one program, bin/NAME: a shell script that runs on the userland.
  writeScript =
    name: text:
    build {
      inherit name;
      files.text = "#!${userland}/bin/sh\n${text}";
      script = ''
        mkdir -p "$out/bin"
        cp "$textPath" "$out/bin/$name"
        chmod 755 "$out/bin/$name"
      '';
    };

  # A string that can be the name of a store path, made of any string.
  storeName =
    text:
    let
      safe = lib.concatStrings (
        map (part: if isString part then part else "-") (builtins.split "[^A-Za-z0-9+._?=-]+" text)
      );
    in
    if safe == "" || match "[.].*" safe != null then "_${safe}" else safe;

  # One tree that has everything below the folders (bin, share, ...) of several packages, as links to them.
  # Two packages that have the same file are an error that names both.
  joinPackages =
    name: packages:
    build {
      inherit name;
      env.packages = map (package: "${package}") packages;
      script = builtins.readFile ./join-packages.sh;
    };
}
