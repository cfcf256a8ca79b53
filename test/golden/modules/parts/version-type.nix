{ lib, ... }: { options.version = lib.types.str; }
