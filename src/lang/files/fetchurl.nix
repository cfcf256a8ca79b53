# <nix/fetchurl.nix>: a derivation that downloads one file, for programs that fetch before they have a shell.
# What is hashed of it is fixed: every attribute and value below is part of the store paths of others.
{ url
, name ? baseNameOf (toString url)
, hash ? ""
, sha512 ? ""
, sha256 ? ""
, sha1 ? ""
, md5 ? ""
, outputHash ? null
, outputHashAlgo ? null
, unpack ? false
, executable ? false
, impure ? false
, system ? ""
}:
let
  # The first hash that is there; a hash in the SRI form names its algorithm itself.
  given = builtins.head (builtins.filter (one: one.value != "") [
    { algorithm = ""; value = hash; }
    { algorithm = "sha512"; value = sha512; }
    { algorithm = "sha1"; value = sha1; }
    { algorithm = "md5"; value = md5; }
  ] ++ [ { algorithm = "sha256"; value = sha256; } ]);
  checked =
    if impure then { __impure = true; }
    else {
      outputHash = if outputHash == null then given.value else outputHash;
      outputHashAlgo = if outputHashAlgo == null then given.algorithm else outputHashAlgo;
    };
in
derivation ({
  inherit name url executable unpack;
  builder = "builtin:fetchurl";
  system = "builtin";
  urls = [ url ];
  outputHashMode = if executable || unpack then "recursive" else "flat";
  preferLocalBuild = true;
  impureEnvVars = [ "http_proxy" "https_proxy" "ftp_proxy" "all_proxy" "no_proxy" ];
} // checked)
