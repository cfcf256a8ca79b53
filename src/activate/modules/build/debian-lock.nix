# Debian as a package set: what `sysbuild lock debian' wrote, as derivations.
{
  system,
  fetch,
  # Makes the set of packages of some pins, which a lock holds too.
  debianWith,
}:
let
  inherit (builtins)
    attrNames
    filter
    fromJSON
    genericClosure
    isAttrs
    mapAttrs
    readFile
    ;
  contentAddressed = import ./content-addressed.nix;
in
# A set, or a path to a JSON file, of the form { wanted; packages; sources; }.
lock:
let
  data = if isAttrs lock then lock else fromJSON (readFile lock);
  all = debianWith data;
  renew = name: "sysbuild lock debian ${name}";

  locked =
    name:
    data.packages.${name}
      or (throw "The Debian package `${name}' is not in the lock. Lock it with: ${renew name}");
  essential = filter (name: data.packages.${name}.essential or false) (attrNames data.packages);

  # Names with all that they need, each once.
  closure =
    names:
    map (entry: entry.key) (genericClosure {
      startSet = map (key: { inherit key; }) names;
      operator = entry: map (key: { inherit key; }) (locked entry.key).depends;
    });

  # What nobody needs who compiles.
  documentation = map (name: "usr/share/${name}") [
    "bug"
    "doc"
    "doc-base"
    "info"
    "lintian"
    "locale"
    "man"
  ];
in
rec {
  packages = all;

  # The packages of these names, with all that they need and all that every Debian system has, as one tree: what would
  # be at / of a machine that has just them.
  tree =
    {
      name ? "debian",
      packages ? data.wanted,
      leaveOut ? documentation,
    }:
    derivation (
      contentAddressed
      // {
        inherit name leaveOut;
        builder = "builtin:sysbuild-debian-root";
        system = "builtin";
        packages = map (name: all.${name}) (closure (essential ++ packages));
        preferLocalBuild = true;
      }
    );

  # A build by shell script in a sandbox whose root is such a tree.
  #   name      of the output
  #   packages  names in the lock
  #   script    for bash, with -eu and pipefail; makes $out
  #   env       further environment variables: strings, paths, packages
  buildInDebian =
    {
      name,
      packages ? data.wanted,
      script,
      env ? { },
      root ? tree { inherit packages; },
    }:
    derivation (
      contentAddressed
      // {
        inherit name system;
        builder = "/bin/bash";
        args = [
          "-eu"
          "-o"
          "pipefail"
          "-c"
          script
        ];
        sandboxRoot = "${root}";
        PATH = "/usr/sbin:/usr/bin";
      }
      // env
    );

  # The files of source packages, by name: sources.hello."hello_2.10.orig.tar.gz". `orig' is the tarball of those who
  # wrote the program, where there is one.
  sources = mapAttrs (
    name: source:
    let
      files = mapAttrs (
        file: place:
        fetch.fetchurl {
          name = builtins.replaceStrings [ "~" ] [ "-" ] file;
          url = "mirror://debian/${place.path}";
          hash = place.sha256;
          pinHint = "Renew the lock: sysbuild lock debian --source ${name}";
        }
      ) source.files;
      origs = filter (file: builtins.match ".*[.]orig[.]tar[.][a-z0-9]+" file != null) (attrNames files);
    in
    files
    // {
      inherit (source) version;
      orig =
        if origs == [ ] then
          throw "The source package `${name}' has no tarball of its own authors."
        else
          files.${builtins.head origs};
    }
  ) data.sources;
}
