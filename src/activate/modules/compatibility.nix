# Names that NixOS has for the same things.
{ lib, ... }:
{
  imports = [
    (lib.mkAliasOptionModule [ "environment" "systemPackages" ] [ "environment" "packages" ])
  ];
}
