{ lib, ... }: { options.version.major = lib.mkOption { type = lib.types.int; }; }
