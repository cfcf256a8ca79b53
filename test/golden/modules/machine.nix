# What a machine's manifest says of its files; nothing is built.
let
  sysbuild = import ../../../src/activate/modules;
  machine = sysbuild.machine [
    ./parts/machine.nix
    {
      environment.etc."gone".enable = false;
      files."/opt/dir".kind = "directory";
    }
  ];
in
map (file: builtins.removeAttrs file [ "source" ]) machine.config.system.manifestFiles
