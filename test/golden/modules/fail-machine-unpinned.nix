((import ../../../src/activate/modules).machine [
  ./parts/machine.nix
  ({ lib, ... }: { debian.pins = lib.mkForce { packages = { }; }; })
]).drvPath
