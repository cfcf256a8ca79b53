(import ./parts/eval.nix [ ./parts/typo-inside.nix ]).service.hosts
