(import ./parts/eval.nix [ ./parts/stray.nix ]).service.name
