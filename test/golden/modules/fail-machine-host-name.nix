((import ../../../src/activate/modules).machine [
  ./parts/machine.nix
  ({ lib, ... }: { networking.hostName = lib.mkForce "no_underscores"; })
]).drvPath
