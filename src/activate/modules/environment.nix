# What shells find when somebody logs in: variables, short names of commands, the machine's programs.
{ config, lib, ... }:
let
  inherit (builtins) isList match;
  inherit (lib) mkOption types;
  cfg = config.environment;
  variables = types.attrsOf (types.oneOf [
    (types.listOf types.str)
    types.str
    types.int
    types.path
    types.package
  ]);
  valueOf = value: if isList value then lib.concatStringsSep ":" value else "${toString value}";
  isName = name: match "[A-Za-z_][A-Za-z0-9_]*" name != null;
  # In double quotes, so that a value may speak of other variables.
  quoted = value: "\"${lib.escape [ "\\" "\"" "`" ] (valueOf value)}\"";
  export = name: value: "export ${name}=${quoted value}\n";
  aliasOf =
    name: value:
    lib.optionalString (value != null) "alias -- ${name}=${lib.escapeShellArg value}\n";
  programs = "/nix/var/nix/profiles/system/current/sw/bin";
  text =
    ''
      # What environment.variables, environment.shellAliases and environment.packages declare.
      case ":$PATH:" in
        *:${programs}:*) ;;
        *) export PATH="${programs}:$PATH" ;;
      esac
    ''
    + lib.concatStrings (lib.mapAttrsToList export (cfg.sessionVariables // cfg.variables))
    + lib.concatStrings (lib.mapAttrsToList aliasOf cfg.shellAliases)
    + lib.optionalString (cfg.loginShellInit != "") "${cfg.loginShellInit}\n";
  all = cfg.sessionVariables // cfg.variables;
in
{
  options.environment = {
    variables = mkOption {
      type = variables;
      default = { };
      example = {
        EDITOR = "vim";
        MANPATH = [
          "/usr/local/man"
          "$MANPATH"
        ];
      };
      description = "Variables of login shells. A list is joined by colons; `$NAME' is another variable's value.";
    };
    sessionVariables = mkOption {
      type = variables;
      default = { };
      description = "Variables of login shells and of what the service manager of a user starts.";
    };
    shellAliases = mkOption {
      type = types.attrsOf (types.nullOr types.str);
      default = { };
      example = {
        ll = "ls -l";
      };
      description = "Short names of commands in shells.";
    };
    loginShellInit = mkOption {
      type = types.lines;
      default = "";
      description = "What login shells run when they begin.";
    };
    profile.enable = mkOption {
      type = types.bool;
      default =
        cfg.packages != [ ] || all != { } || cfg.shellAliases != { } || cfg.loginShellInit != "";
      defaultText = lib.literalExpression "whether there is anything to say in it";
      description = "Whether /etc/profile.d/sysbuild.sh is there, which login shells read.";
    };
  };

  config = {
    environment.etc."profile.d/sysbuild.sh" = lib.mkIf cfg.profile.enable { inherit text; };
    environment.etc."environment.d/60-sysbuild.conf" = lib.mkIf (cfg.sessionVariables != { }) {
      text = lib.concatStrings (
        lib.mapAttrsToList (name: value: "${name}=${valueOf value}\n") cfg.sessionVariables
      );
    };
    assertions = lib.mapAttrsToList (
      name: _: {
        assertion = isName name;
        message = "environment.variables.${builtins.toJSON name}: that is no name of a variable.";
      }
    ) all;
  };
}
