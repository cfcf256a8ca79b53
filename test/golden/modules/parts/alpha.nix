{
  service.name = "alpha";
}
