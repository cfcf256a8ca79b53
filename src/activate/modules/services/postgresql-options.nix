# The options of the database server.
{ lib }:
let
  inherit (lib) mkOption types;
  name = types.strMatching "[A-Za-z_][A-Za-z0-9_-]{0,62}";
  setting = types.nullOr (types.oneOf [
    types.bool
    types.int
    types.float
    types.str
    (types.listOf types.str)
  ]);

  user.options = {
    name = mkOption {
      type = name;
      description = "The role's name. A user of the machine with this name gets in without a password.";
    };
    ensureDBOwnership = mkOption {
      type = types.bool;
      default = false;
      description = "Whether the database of the same name is the role's.";
    };
    ensureClauses = mkOption {
      type = types.attrsOf (types.nullOr types.bool);
      default = { };
      example = {
        createdb = true;
      };
      description = "Rights of the role: `superuser', `createdb', `createrole', `replication', `bypassrls', `inherit', `login'.";
    };
  };
in
{
  enable = lib.mkEnableOption "the database server PostgreSQL";
  version = mkOption {
    type = types.strMatching "[1-9][0-9]?";
    example = "17";
    description = ''
      The major version. It is for you to say: its data cannot be read by another one, and Debian has several at a time.
    '';
  };
  package = mkOption {
    type = types.nullOr types.package;
    default = null;
    description = "The package of PostgreSQL, with `bin/postgres'; null: Debian's, which is installed on the host.";
  };
  dataDir = mkOption {
    type = types.nullOr types.externalPath;
    default = null;
    defaultText = lib.literalExpression ''"/var/lib/postgresql/<version>/main"'';
    description = ''
      Where the data is. The default is where Debian has it: a cluster that Debian's installation made is taken over,
      with its data. It is made when it is not there, and never removed.
    '';
  };
  initdbArgs = mkOption {
    type = types.listOf types.str;
    default = [
      "--encoding=UTF8"
      "--locale=C.UTF-8"
    ];
    description = "How the data's folder is made.";
  };
  settings = mkOption {
    type = types.attrsOf setting;
    default = { };
    example = {
      shared_buffers = "512MB";
      log_min_duration_statement = 250;
    };
    description = "Settings, as postgresql.conf has them. Those that are read at the start alone restart the server; others reload it.";
  };
  authentication = mkOption {
    type = types.lines;
    default = "";
    example = "host shop shop 192.0.2.0/24 scram-sha-256";
    description = "Lines of pg_hba.conf, before those that let local users in as themselves.";
  };
  identMap = mkOption {
    type = types.lines;
    default = "";
    description = "Lines of pg_ident.conf.";
  };
  ensureDatabases = mkOption {
    type = types.listOf name;
    default = [ ];
    example = [ "shop" ];
    description = "Databases that are made when they are not there. None is ever removed.";
  };
  ensureUsers = mkOption {
    type = types.listOf (types.submodule user);
    default = [ ];
    example = [
      {
        name = "shop";
        ensureDBOwnership = true;
      }
    ];
    description = "Roles that are made when they are not there. None is ever removed.";
  };
}
