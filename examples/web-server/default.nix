import ./system.nix
