(import ./parts/eval.nix [
  { service.hosts.one = { }; }
  { service.hosts.one.alias = "uno"; }
  { service.hosts.two.name = "zwei"; }
  ({ lib, ... }: { service.hosts.gone = lib.mkIf false { }; })
]).service.hosts
