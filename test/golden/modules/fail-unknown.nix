(import ./parts/eval.nix [ ./parts/alpha.nix ./parts/typo.nix ]).service.name
