{ lib, ... }:
{
  options.service.port = lib.mkOption { type = lib.types.int; };
}
