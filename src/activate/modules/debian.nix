# Where Debian's packages come from.
{ lib, ... }:
{
  options.debian.pins = lib.mkOption {
    type = lib.types.either lib.types.path lib.types.attrs;
    default = {
      packages = { };
    };
    example = "./debian.json";
    description = ''
      The pinned Debian packages, as a JSON file: `{ "packages": { NAME: { "version": ..., "arch": { ARCH: { "path":
      "pool/...", "sha256": "sha256-..." } } } } }`. `sysbuild pin debian NAME` writes an entry from what apt knows.
      Each package is `pkgs.debian.NAME`.
    '';
  };
}
