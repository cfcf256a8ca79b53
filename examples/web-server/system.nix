# The machine as one value: `sysbuild switch --root / system.nix` makes it, on a Debian machine, as root.
let
  # The module library: this checkout's, or the one that sysbuild brings along.
  checkout = ../../src/activate/modules;
  sysbuild = import (if builtins.pathExists checkout then checkout else <sysbuild>);
in
sysbuild.machine ./machine.nix
