(import ./parts/eval.nix [ { service.level = "medium"; } ]).service.level
