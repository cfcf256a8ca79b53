# A userland in one program: every applet of busybox as a link to it, made by busybox itself.
{
  lib,
  system,
  busybox,
}:
derivation (
  import ./content-addressed.nix
  // {
    name = "userland";
    inherit system;
    builder = "${busybox}/bin/busybox";
    args = [
      "sh"
      "-euc"
      ''
        "$busybox" mkdir -p "$out/bin"
        "$busybox" ln -s "$busybox" "$out/bin/busybox"
        for applet in $("$busybox" --list); do
          [ "$applet" = busybox ] || "$busybox" ln -s "$busybox" "$out/bin/$applet"
        done
      ''
    ];
    busybox = "${busybox}/bin/busybox";
  }
)
// {
  pname = "userland";
  version = busybox.version or "";
}
