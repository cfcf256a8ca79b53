# The door of the module library, and what `<sysbuild>` means: `machine' makes a system derivation of a configuration;
# `packagesFor' gives the build functions without one.
let
  lib = import ./lib;
  packagesFor = args: import ./build ({ inherit lib; } // args);

  # Modules that every machine has.
  base = [
    ./assertions.nix
    ./compatibility.nix
    ./debian.nix
    ./environment.nix
    ./etc.nix
    ./files.nix
    ./health.nix
    ./kernel.nix
    ./locale.nix
    ./networking.nix
    ./packages.nix
    ./realms.nix
    ./schedule.nix
    ./services/nginx.nix
    ./services/openssh.nix
    ./services/postgresql.nix
    ./specialisation.nix
    ./switch-settings.nix
    ./system.nix
    ./systemd/units.nix
    ./systemd/tmpfiles.nix
    ./toplevel.nix
    ./users.nix
  ];

  # A machine of a configuration: a module (a path, a set, a function) or a list of modules. The result is the system
  # derivation, with `config', `options' and `pkgs' to look at.
  machine =
    configuration:
    let
      modules = if builtins.isList configuration then configuration else [ configuration ];
      # Definitions are named by their file's place below the first configuration file's folder, so that the same
      # text gives the same machine wherever it lies.
      root =
        if builtins.isPath (builtins.head modules) then
          toString (dirOf (builtins.head modules))
        else
          "";
      evaluated = lib.evalModules {
        modules = modules ++ base;
        specialArgs = {
          inherit pkgs;
          # Where `disabledModules' finds modules of this library by name.
          modulesPath = toString ./.;
          definedIn = import ./defined-in.nix {
            inherit lib root;
            library = toString ./.;
          };
        };
        file = "<configuration>";
      };
      inherit (evaluated) config options;
      inherit (config.system.build) toplevel;
      pkgs = packagesFor {
        system = config.system.platform;
        inherit (config.debian) pins;
      };
    in
    # The options can be looked at even where the machine cannot be built.
    {
      type = "derivation";
      inherit (toplevel)
        all
        drvAttrs
        drvPath
        name
        out
        outPath
        outputName
        system
        ;
      inherit config options pkgs;
    };
in
{
  inherit lib machine packagesFor;
  # What options there are, of a machine or, without one, of this library; for `sysbuild options'.
  describe =
    machine:
    let
      options =
        if machine != null then
          machine.options
        else
          (lib.evalModules {
            modules = base;
            specialArgs = {
              pkgs = throw "there is no machine here";
              definedIn = file: file;
            };
          }).options;
      known = builtins.removeAttrs options [ "_module" ];
    in
    {
      index = lib.describe.index known;
      find = lib.describe.find known;
    };
}
