# nginx and PostgreSQL: their configuration and their units.
let
  sysbuild = import ../../../src/activate/modules;
  machine = sysbuild.machine [
    ./parts/machine.nix
    (
      { lib, ... }:
      {
        services.nginx = {
          enable = true;
          httpConfig = "map $http_upgrade $connection_upgrade { default upgrade; '' close; }";
          upstreams.app.servers = {
            "127.0.0.1:3000" = [ "max_fails=3" ];
            "127.0.0.1:3001" = [ ];
          };
          virtualHosts."shop.example" = {
            serverAliases = [ "www.shop.example" ];
            default = true;
            root = "/srv/www";
            forceSSL = true;
            sslCertificate = "/etc/ssl/shop.pem";
            sslCertificateKey = "/etc/ssl/shop.key";
            locations."/api/" = {
              proxyPass = "http://app";
              priority = 10;
            };
            locations."/".tryFiles = "$uri $uri/ =404";
            locations."= /old".return = [ 301 "/new" ];
            extraConfig = "add_header X-Served-By \"{shop}\"; # not a }";
          };
          virtualHosts.plain = {
            listen = [
              {
                addr = "127.0.0.1";
                port = 8080;
                extraParameters = [ "reuseport" ];
              }
            ];
            globalRedirect = "https://shop.example";
          };
        };
        services.postgresql = {
          enable = true;
          version = "15";
          settings = {
            shared_buffers = "128MB";
            work_mem = "it's 8MB";
            fsync = true;
            shared_preload_libraries = [
              "auto_explain"
              "pg_stat_statements"
            ];
          };
          authentication = "host shop shop 192.0.2.0/24 scram-sha-256";
          ensureDatabases = [ "shop" ];
          ensureUsers = [
            {
              name = "shop";
              ensureDBOwnership = true;
              ensureClauses.createdb = true;
              ensureClauses.superuser = false;
            }
          ];
        };
      }
    )
  ];
  lines = text: builtins.filter builtins.isString (builtins.split "\n" text);
  inherit (machine.config) system environment;
in
{
  nginx = lines environment.etc."nginx/nginx.conf".text;
  postgresql = lines environment.etc."postgresql/sysbuild/postgresql.conf".text;
  authentication = lines environment.etc."postgresql/sysbuild/pg_hba.conf".text;
  units = builtins.mapAttrs (_: lines) system.unitTexts;
  statements = lines (
    import ../../../src/activate/modules/services/postgresql-setup.nix { inherit (sysbuild) lib; } machine.config.services.postgresql
  );
}
