((import ../../../src/activate/modules).machine [
  ./parts/machine.nix
  { environment.etc.neither = { mode = "0600"; }; }
]).drvPath
