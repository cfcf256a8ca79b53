(import ./parts/eval.nix [ ({ lib, ... }: { service.port = lib.mkIf "yes" 5; }) ]).service.port
