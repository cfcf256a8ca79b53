# A switch counts when all of this is true; otherwise everything is put back.
{
  health.probes = {
    site = {
      http = "http://127.0.0.1/";
      timeout = 10;
    };
    database.command = [
      "/usr/bin/pg_isready"
      "--quiet"
      "--username=postgres"
    ];
    timer.unit = "backup.timer";
  };
}
