{
  systemd.services.shop = {
    script = "true";
    wantedby = [ "multi-user.target" ];
  };
}
