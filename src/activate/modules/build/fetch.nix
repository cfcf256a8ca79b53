# Inputs from outside: downloads, whose content is known beforehand, and the unpacking of Debian packages. Both are
# built in: they need no program of the machine and no other package.
_:
let
  inherit (builtins)
    concatStringsSep
    head
    match
    ;
  contentAddressed = import ./content-addressed.nix;
  fileName =
    url:
    let
      parts = match "(.*/)?([^/?#]+)([?#].*)?" url;
    in
    if parts == null then
      throw "fetchurl: no file name in the URL ${url}; give a `name'."
    else
      builtins.elemAt parts 1;
in
{
  # A file by its hash (SRI, or with `algorithm:'), from the first of `urls' that has it. `mirror://debian/...' is
  # looked for on each of the machine's Debian mirrors.
  fetchurl =
    {
      url ? head urls,
      urls ? [ url ],
      hash,
      name ? fileName url,
      executable ? false,
      # A sentence on how to renew a pinned file, told when no mirror has it any more.
      pinHint ? "",
    }:
    derivation {
      inherit name url;
      urls = concatStringsSep " " urls;
      builder = "builtin:fetchurl";
      system = "builtin";
      outputHash = hash;
      outputHashMode = if executable then "recursive" else "flat";
      ${if executable then "executable" else null} = true;
      ${if pinHint != "" then "pinHint" else null} = pinHint;
      preferLocalBuild = true;
    };

  # The files of a .deb.
  unpackDeb =
    {
      src,
      name ? builtins.replaceStrings [ ".deb" ] [ "" ] src.name,
    }:
    derivation (
      contentAddressed
      // {
        inherit name src;
        builder = "builtin:sysbuild-unpack-deb";
        system = "builtin";
        preferLocalBuild = true;
      }
    );
}
