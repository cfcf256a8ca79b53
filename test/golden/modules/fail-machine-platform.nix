((import ../../../src/activate/modules).machine [
  ./parts/machine.nix
  ({ lib, ... }: { system.platform = lib.mkForce "aarch64-linux"; })
]).drvPath
