{
  converge.nginx = {
    kind = "apt";
    settings.pakages = [ "nginx" ];
  };
}
