(import ./parts/eval.nix [ { service.words = [ "a" 2 ]; } ]).service.words
