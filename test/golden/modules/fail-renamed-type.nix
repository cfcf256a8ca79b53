# The error of a definition under an old name names the place where it stands.
let
  lib = import ../../../src/activate/modules/lib;
in
(lib.evalModules {
  modules = [
    (lib.mkRenamedOptionModule [ "version" ] [ "release" ])
    { options.release = lib.mkOption { type = lib.types.int; }; }
    ./parts/version.nix
  ];
}).config.release
