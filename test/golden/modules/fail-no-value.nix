(import ./parts/eval.nix [ ]).service.name
