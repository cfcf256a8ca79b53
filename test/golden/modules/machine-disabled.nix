# Modules of the library can be left out by their names, and NixOS's name of an option is another name here.
let
  sysbuild = import ../../../src/activate/modules;
  machine = sysbuild.machine [
    ./parts/machine.nix
    { disabledModules = [ "services/nginx.nix" ]; }
    { environment.systemPackages = [ "/nix/store/00000000000000000000000000000000-one" ]; }
    { environment.packages = [ "/nix/store/00000000000000000000000000000000-two" ]; }
  ];
in
{
  services = builtins.attrNames machine.options.services;
  inherit (machine.config.environment) packages systemPackages;
}
