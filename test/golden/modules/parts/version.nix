{
  version = "2";
}
