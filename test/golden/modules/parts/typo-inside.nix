{
  service.hosts.one.aliass = "x";
}
