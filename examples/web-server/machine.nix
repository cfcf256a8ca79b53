# A web server with a site and a database. Each concern has a file of its own.
{
  imports = [
    ./accounts.nix
    ./database.nix
    ./health.nix
    ./web.nix
  ];

  networking.hostName = "shop";
  debian.pins = ./debian.json;

  environment.etc.motd.text = ''
    This is the shop. What it is made of is a text; ask it: sysbuild options -f TEXT services.nginx
  '';
  environment.variables.PGDATABASE = "shop";
  environment.shellAliases.site-log = "tail -f /var/log/nginx/access.log";

  boot.kernel.sysctl."net.core.somaxconn" = 4096;
}
