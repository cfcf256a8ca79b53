{ nope, ... }:
{
  service.name = nope;
}
