(import ./parts/eval.nix [ ./parts/group.nix ]).service.port
