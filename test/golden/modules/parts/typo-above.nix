{
  servce.port = 8080;
}
