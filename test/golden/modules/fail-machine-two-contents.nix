((import ../../../src/activate/modules).machine [
  ./parts/machine.nix
  { environment.etc.both = { text = "x"; source = /etc/hostname; }; }
]).drvPath
