(import ./parts/eval.nix [ ./parts/alpha.nix ./parts/beta.nix ]).service.name
