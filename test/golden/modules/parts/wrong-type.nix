{ lib, ... }:
{
  service.port = lib.mkForce 70000;
}
