((import ../../../src/activate/modules).machine [
  ./parts/machine.nix
  { files."etc/../x".text = "x"; }
]).drvPath
