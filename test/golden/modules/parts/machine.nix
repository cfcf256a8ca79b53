{ lib, ... }:
{
  system.platform = "x86_64-linux";
  networking.hostName = "box";
  networking.hosts."192.0.2.1" = [ "other" ];
  debian.pins.packages.busybox-static = {
    version = "1:1.0~x-1";
    arch.amd64 = {
      path = "pool/main/b/busybox/busybox-static_1.0~x-1_amd64.deb";
      sha256 = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    };
  };
  environment.etc = {
    "ssl/key" = {
      text = "secret";
      mode = "0600";
      user = "web";
    };
    gone.text = "not there";
    hosts.text = lib.mkForce "127.0.0.1 localhost\n";
  };
  files."/srv/link" = {
    source = "../elsewhere";
    kind = "symlink";
  };
}
