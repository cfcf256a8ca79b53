# Who is on the machine.
{
  # The owner of the database: a service's account, and nobody logs in with it.
  users.users.shop.isSystemUser = true;

  users.users.ada = {
    isNormalUser = true;
    description = "Ada, who keeps the shop";
    extraGroups = [ "adm" ];
  };
  users.groups.keepers.members = [ "ada" ];
}
