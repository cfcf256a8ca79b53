((import ../../../src/activate/modules).machine [
  ./parts/machine.nix
  { assertions = [ { assertion = 1 > 2; message = "the sun must rise"; } { assertion = true; message = "fine"; } { assertion = false; message = "and set"; } ]; }
]).drvPath
