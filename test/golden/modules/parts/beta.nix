{ lib, ... }:
{
  config = lib.mkIf true { service.name = "beta"; };
}
