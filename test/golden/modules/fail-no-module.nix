(import ./parts/eval.nix [ 5 ]).service.port
