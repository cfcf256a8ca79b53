{
  config = { };
  service.port = 1;
  service.name = "x";
}
