# What this machine is: its name, its programs, its files.
{ pkgs, ... }:
let
  site = import ./site { inherit pkgs; };

  # `sysbuild enter DIR -- site-serve [ADDRESS:PORT]`
  site-serve = pkgs.writeScript "site-serve" ''
    address=''${1:-127.0.0.1:8080}
    echo "serving /srv/www on http://$address/"
    exec httpd -f -p "$address" -h /srv/www
  '';
in
{
  networking.hostName = "first-machine";

  # One Debian package, pinned by version and hash: a whole userland in a single program.
  debian.pins = ./debian.json;
  environment.packages = [
    pkgs.userland
    site-serve
  ];

  environment.etc.motd.text = ''
    Welcome to first-machine. All that you see here was built from a text.
  '';
  environment.etc.profile.text = ''
    export PATH=/nix/var/nix/profiles/system/current/sw/bin
    export PS1='first-machine:\w\$ '
    cat /etc/motd
  '';
  environment.etc.passwd.text = ''
    root:x:0:0:root:/root:/nix/var/nix/profiles/system/current/sw/bin/sh
    nobody:x:65534:65534:nobody:/:/bin/false
  '';
  environment.etc.group.text = ''
    root:x:0:
    nogroup:x:65534:
  '';

  # The site that site/ renders, where site-serve looks for it.
  files."/srv/www" = {
    source = site;
    kind = "symlink";
  };
  files."/root".kind = "directory";
  files."/root".mode = "0700";
}
