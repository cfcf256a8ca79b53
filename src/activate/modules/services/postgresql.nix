# The database server, as one service of ours. Debian runs a service for each of several clusters, behind wrappers; here
# the server itself is run, on the data of Debian's cluster `main' where there is one, with the configuration of this
# machine. Debian's own services are masked, so that nobody else opens the same data.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (builtins)
    attrNames
    elem
    isList
    isString
    map
    partition
    ;
  cfg = config.services.postgresql;
  folder = "/etc/postgresql/sysbuild";
  programs =
    if cfg.package == null then "/usr/lib/postgresql/${cfg.version}/bin" else "${cfg.package}/bin";
  dataDir = if cfg.dataDir == null then "/var/lib/postgresql/${cfg.version}/main" else cfg.dataDir;

  show =
    value:
    if value == true then
      "on"
    else if value == false then
      "off"
    else if isList value then
      show (lib.concatStringsSep ", " value)
    else if isString value then
      "'${builtins.replaceStrings [ "'" ] [ "''" ] value}'"
    else
      toString value;
  given = lib.filterAttrs (_: value: value != null) cfg.settings;
  lines = names: lib.concatMapStrings (name: "${name} = ${show given.${name}}\n") names;
  atStart = import ./postgresql-start-settings.nix;
  sorted = partition (name: elem name atStart) (attrNames given);

  text = "# Declared by services.postgresql.\n" + lines (attrNames given);
  authentication = ''
    # Declared by services.postgresql.
    ${cfg.authentication}
    local all postgres peer
    local all all peer
    host all all 127.0.0.1/32 scram-sha-256
    host all all ::1/128 scram-sha-256
  '';
  identMap = "# Declared by services.postgresql.\n${cfg.identMap}";

  owned = text: {
    inherit text;
    mode = "0640";
    group = "postgres";
  };
  statements = pkgs.writeText "postgresql-setup.sql" (
    import ./postgresql-setup.nix { inherit lib; } cfg
  );
  hardening = {
    PrivateTmp = true;
    ProtectHome = true;
    ProtectSystem = "full";
    NoNewPrivileges = true;
  };
in
{
  options.services.postgresql = import ./postgresql-options.nix { inherit lib; };

  config = lib.mkIf cfg.enable {
    services.postgresql.settings = {
      hba_file = "${folder}/pg_hba.conf";
      ident_file = "${folder}/pg_ident.conf";
      unix_socket_directories = lib.mkDefault "/run/postgresql";
      listen_addresses = lib.mkDefault "localhost";
      port = lib.mkDefault 5432;
      log_line_prefix = lib.mkDefault "[%p] %q%u@%d ";
      log_timezone = lib.mkDefault "Etc/UTC";
    };
    environment.etc = {
      "postgresql/sysbuild/postgresql.conf" = owned text;
      "postgresql/sysbuild/pg_hba.conf" = owned authentication;
      "postgresql/sysbuild/pg_ident.conf" = owned identMap;
    };

    systemd.units."postgresql@.service".enable = false;
    systemd.services.postgresql = {
      description = "PostgreSQL ${cfg.version}";
      wantedBy = [ "multi-user.target" ];
      after = [
        "network.target"
        "postgresql@${cfg.version}-main.service"
      ];
      conflicts = [ "postgresql@${cfg.version}-main.service" ];
      preStart = ''
        if [ ! -e ${lib.escapeShellArg dataDir}/PG_VERSION ]; then
          ${programs}/initdb --pgdata=${lib.escapeShellArg dataDir} --username=postgres --auth=peer ${lib.escapeShellArgs cfg.initdbArgs}
        fi
      '';
      restartTriggers = [
        (lines sorted.right)
        dataDir
      ];
      reloadTriggers = [
        (lines sorted.wrong)
        authentication
        identMap
      ];
      serviceConfig =
        {
          Type = "notify";
          User = "postgres";
          Group = "postgres";
          RuntimeDirectory = "postgresql";
          RuntimeDirectoryMode = "2775";
          RuntimeDirectoryPreserve = true;
          StateDirectory = "postgresql";
          ExecStart = "${programs}/postgres -D ${dataDir} -c config_file=${folder}/postgresql.conf";
          ExecReload = "/bin/kill -HUP $MAINPID";
          KillMode = "mixed";
          KillSignal = "SIGINT";
          TimeoutStartSec = 120;
          TimeoutStopSec = 120;
          OOMScoreAdjust = -900;
          Restart = "on-failure";
        }
        // hardening;
    };

    systemd.services.postgresql-setup =
      lib.mkIf (cfg.ensureDatabases != [ ] || cfg.ensureUsers != [ ]) {
        description = "PostgreSQL: databases and roles";
        wantedBy = [ "multi-user.target" ];
        requires = [ "postgresql.service" ];
        after = [ "postgresql.service" ];
        serviceConfig =
          {
            Type = "oneshot";
            RemainAfterExit = true;
            User = "postgres";
            ExecStart = "${programs}/psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --host=${given.unix_socket_directories} --port=${toString given.port} --dbname=postgres --file=${statements}";
          }
          // hardening;
      };

    assertions = [
      {
        assertion =
          lib.all
            (user: !user.ensureDBOwnership || elem user.name cfg.ensureDatabases)
            cfg.ensureUsers;
        message = "services.postgresql.ensureUsers: with `ensureDBOwnership', a database of the user's name must be in `ensureDatabases'.";
      }
    ];
  };
}
