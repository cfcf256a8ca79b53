((import ../../../src/activate/modules).machine [
  ./parts/machine.nix
  { environment.etc.x = { text = "x"; mode = "rwx"; }; }
]).drvPath
