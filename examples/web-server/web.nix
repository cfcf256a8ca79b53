# The site, rendered from the texts in site/pages, and nginx that serves it.
{ pkgs, ... }:
{
  services.nginx = {
    enable = true;
    virtualHosts.shop = {
      default = true;
      root = import ./site { inherit pkgs; };
      locations."/".tryFiles = "$uri $uri.html $uri/ =404";
      extraConfig = "add_header X-Served-By shop;";
    };
  };

  # The same machine while somebody works on it: `sysbuild switch --specialisation maintenance ...`.
  specialisation.maintenance.configuration =
    { lib, ... }:
    {
      services.nginx.virtualHosts.shop.locations."/" = lib.mkForce {
        return = "503 'Back in a moment.'";
      };
      health.probes.site.enable = false;
    };

  # A share of the machine that the site cannot take more than.
  systemd.slices.web.sliceConfig.MemoryMax = "512M";
  systemd.services.nginx.serviceConfig.Slice = "web.slice";
}
