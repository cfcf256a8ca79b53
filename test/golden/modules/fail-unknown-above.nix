(import ./parts/eval.nix [ ./parts/typo-above.nix ]).service.port
