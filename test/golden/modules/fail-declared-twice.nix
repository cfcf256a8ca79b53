(import ./parts/eval.nix [ ./parts/twice.nix ]).service.port
