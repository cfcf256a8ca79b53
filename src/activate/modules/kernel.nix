# The running kernel: its settings and its modules.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.boot;
  value = types.nullOr (types.oneOf [
    types.bool
    types.int
    types.str
  ]);
  show =
    value:
    if value == true then
      "1"
    else if value == false then
      "0"
    else
      toString value;
  settings = lib.filterAttrs (_: value: value != null) cfg.kernel.sysctl;
in
{
  options.boot = {
    kernel.sysctl = mkOption {
      type = types.attrsOf value;
      default = { };
      example = {
        "vm.swappiness" = 10;
        "net.ipv4.ip_forward" = true;
      };
      description = "Settings of the kernel, sysctl(8); null takes one away that another module makes.";
    };
    kernelModules = mkOption {
      type = types.listOf (types.strMatching "[A-Za-z0-9_-]+");
      default = [ ];
      example = [ "br_netfilter" ];
      description = "Kernel modules that are loaded when the machine starts.";
    };
    blacklistedKernelModules = mkOption {
      type = types.listOf (types.strMatching "[A-Za-z0-9_-]+");
      default = [ ];
      description = "Kernel modules that are not loaded by themselves.";
    };
    extraModprobeConfig = mkOption {
      type = types.lines;
      default = "";
      example = "options kvm_intel nested=1";
      description = "Further lines of modprobe.d(5).";
    };
  };

  config.environment.etc = {
    "sysctl.d/60-sysbuild.conf" = lib.mkIf (settings != { }) {
      text = lib.concatStrings (
        lib.mapAttrsToList (name: value: "${name} = ${show value}\n") settings
      );
    };
    "modules-load.d/sysbuild.conf" = lib.mkIf (cfg.kernelModules != [ ]) {
      text = lib.concatLines (lib.unique cfg.kernelModules);
    };
    "modprobe.d/sysbuild.conf" =
      lib.mkIf (cfg.blacklistedKernelModules != [ ] || cfg.extraModprobeConfig != "") {
        text =
          lib.concatMapStrings (name: "blacklist ${name}\n") (
            lib.unique cfg.blacklistedKernelModules
          )
          + cfg.extraModprobeConfig;
      };
  };
}
