(import ./parts/eval.nix [ ./parts/argument.nix ]).service.name
