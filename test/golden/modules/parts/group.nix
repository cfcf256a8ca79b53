{
  service = 5;
}
