(import ./parts/eval.nix [ ./parts/wrong-type.nix ]).service.port
