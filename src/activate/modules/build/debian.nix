# Debian's packages, pinned: `debian.NAME` is the unpacked package NAME at the version, path and hash that the pins
# give. Which mirror they come from is a setting of the machine, not of the text.
{
  lib,
  system,
  pins,
  fetch,
}:
let
  inherit (builtins)
    attrNames
    fromJSON
    isAttrs
    mapAttrs
    match
    readFile
    ;
  data = if isAttrs pins then pins else fromJSON (readFile pins);
  architectures = {
    x86_64-linux = "amd64";
    aarch64-linux = "arm64";
    armv7l-linux = "armhf";
    i686-linux = "i386";
    riscv64-linux = "riscv64";
    powerpc64le-linux = "ppc64el";
  };
  architecture =
    architectures.${system} or (throw "Debian has no architecture that is known here for the system `${system}'.");
  renew = name: "sysbuild pin debian ${name}";
  # Debian's versions may hold an epoch (`1:2.0') and `~', which store names may not.
  versionForName =
    version:
    builtins.replaceStrings [ "~" ] [ "-" ] (builtins.elemAt (match "([0-9]+:)?(.*)" version) 1);

  package =
    name: pin:
    let
      place =
        pin.arch.${architecture}
          or (throw "The Debian package `${name}' is not pinned for ${architecture} (there are: ${lib.concatStringsSep ", " (attrNames pin.arch)}). Pin it with: ${renew name}");
      file = lib.last (builtins.filter builtins.isString (builtins.split "/" place.path));
    in
    fetch.unpackDeb {
      name = "${name}-${versionForName pin.version}";
      src = fetch.fetchurl {
        name = builtins.replaceStrings [ "~" "%3a" ] [ "-" "-" ] file;
        url = "mirror://debian/${place.path}";
        hash = place.sha256;
        pinHint = "Renew the pin: ${renew name}";
      };
    }
    // {
      pname = name;
      inherit (pin) version;
    };

  packages = mapAttrs package data.packages;
in
{
  # Not pinned: named, with the one command that pins it.
  busybox-static = throw "The Debian package `busybox-static' is wanted by every build and is not pinned. Pin it with: ${renew "busybox-static"}";
}
// packages
