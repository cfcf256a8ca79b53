# The build functions and packages for one system, with Debian's packages as `pins` names them. Modules are given this
# set as `pkgs`.
#
# What is made here is content-addressed: an output's path is computed from its bytes, so that a rebuild with the same
# result is the same path, and nothing that depends on it is built again.
{
  lib,
  system ? builtins.currentSystem,
  # A set, or a path to a JSON file, of the form { packages.NAME = { version; arch.ARCH = { path; sha256; }; }; }.
  pins ? {
    packages = { };
  },
}:
let
  fetch = import ./fetch.nix { };
  debianWith =
    pins:
    import ./debian.nix {
      inherit
        lib
        system
        pins
        fetch
        ;
    };
  debian = debianWith pins;
  userland = import ./userland.nix { inherit lib system busybox; };
  busybox = debian.busybox-static;
  builders = import ./builders.nix {
    inherit
      lib
      system
      busybox
      userland
      ;
  };
in
builders
// {
  inherit
    lib
    system
    debian
    busybox
    userland
    ;
  inherit (fetch) fetchurl unpackDeb;
  formats = import ./formats.nix {
    inherit lib;
    inherit (builders) writeText;
  };
  # What `sysbuild lock debian' wrote: debianLock ./debian.lock.json.
  debianLock = import ./debian-lock.nix { inherit system fetch debianWith; };
}
