# The programs of the machine.
{
  config,
  lib,
  pkgs,
  ...
}:
{
  options.environment.packages = lib.mkOption {
    type = lib.types.listOf lib.types.package;
    default = [ ];
    example = "[ pkgs.userland ]";
    description = "Packages whose programs are on the machine's path: joined into `sw', they are in `sw/bin'.";
  };

  config.system.build.sw = pkgs.joinPackages "sw" (lib.unique config.environment.packages);
}
