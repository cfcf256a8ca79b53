{ lib, ... }:
{
  imports = [ ./alpha.nix ];
  service.words = [ "from-import" ];
  service.name = lib.mkDefault "weaker";
}
