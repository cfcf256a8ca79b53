# The statements that make databases and roles which are not there, as a script for psql; it can be run again at any time.
{ lib }:
let
  inherit (builtins) concatMap map;
  identifier = name: "\"${builtins.replaceStrings [ "\"" ] [ "\"\"" ] name}\"";
  literal = text: "'${builtins.replaceStrings [ "'" ] [ "''" ] text}'";
  # \gexec runs what a query returns.
  unlessThere =
    what: name: statement:
    "SELECT ${literal statement} WHERE NOT EXISTS (SELECT FROM ${what} = ${literal name})\\gexec";
  database =
    name:
    unlessThere "pg_database WHERE datname" name "CREATE DATABASE ${identifier name}";
  role =
    user:
    let
      clauses =
        lib.mapAttrsToList
          (clause: wanted: (lib.optionalString (!wanted) "NO") + lib.toUpper clause)
          (lib.filterAttrs (_: wanted: wanted != null) user.ensureClauses);
    in
    [
      (unlessThere "pg_roles WHERE rolname" user.name "CREATE ROLE ${identifier user.name} LOGIN")
    ]
    ++ lib.optional
      (clauses != [ ])
      "ALTER ROLE ${identifier user.name} ${lib.concatStringsSep " " clauses};"
    ++ lib.optional
      user.ensureDBOwnership
      "ALTER DATABASE ${identifier user.name} OWNER TO ${identifier user.name};";
in
cfg: lib.concatLines (map database cfg.ensureDatabases ++ concatMap role cfg.ensureUsers)
