# The database, its owner, and a copy of it every night.
{
  # Debian 12 has 15, Debian 13 has 17.
  services.postgresql = {
    enable = true;
    version = "15";
    settings.log_min_duration_statement = 250;
    ensureDatabases = [ "shop" ];
    ensureUsers = [
      {
        name = "shop";
        ensureDBOwnership = true;
      }
    ];
  };

  systemd.tmpfiles.rules = [ "d /var/backups/shop 0750 shop shop 30d" ];

  schedule.backup = {
    at = "03:30";
    user = "shop";
    script = ''
      umask 077
      pg_dump shop | gzip > /var/backups/shop/new.gz
      mv /var/backups/shop/new.gz "/var/backups/shop/$(date +%F).sql.gz"
    '';
    description = "A copy of the shop's database";
  };

  realms.divergent = {
    "/var/lib/postgresql/**" = "the shop's data: it is the shop's business, and no rollback touches it";
    "/var/backups/shop/**" = "copies of it";
  };
}
