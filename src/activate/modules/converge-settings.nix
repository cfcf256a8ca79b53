# The settings of what converges, by kind. What is null is not said.
{ lib }:
let
  inherit (lib) mkOption types;
  must = type: description: mkOption { inherit type description; };
  may =
    type: description:
    mkOption {
      type = types.nullOr type;
      default = null;
      inherit description;
    };
  flag =
    default: description:
    mkOption {
      type = types.bool;
      inherit default description;
    };
  words = types.nonEmptyListOf types.str;
  text = types.coercedTo types.int toString types.str;
  mode = may (types.strMatching "0?[0-7]{3,4}") "Its permissions, in octal.";
  place = must types.externalPath "Where it is.";
  create = flag false "Whether the file is made when it is not there.";
  ensure = mkOption {
    type = types.enum [
      "present"
      "absent"
    ];
    default = "present";
    description = "Whether it is to be there.";
  };
in
{
  command = {
    check = may words "A program and its arguments that succeeds when all is well.";
    apply = must words "A program and its arguments that brings it about.";
    handler = flag false "Whether it runs only when another entry triggers it.";
  };
  apt = {
    package = may types.str "A package of Debian.";
    packages = may words "Packages of Debian.";
    version = may types.str "The version it must have.";
    verify = flag true "Whether the package's files are compared with what dpkg knows of them.";
    inherit ensure;
  };
  directory = {
    path = place;
    user = may types.str "The owner.";
    group = may types.str "The group.";
    purge = flag false "Whether what nobody declares in it is removed.";
    inherit mode ensure;
  };
  line = {
    path = place;
    line = must types.singleLineStr "The line.";
    match = may types.str "A regular expression for the line that it takes the place of.";
    inherit ensure create mode;
  };
  key = {
    path = place;
    key = must types.str "The key.";
    value = mkOption {
      type = text;
      default = "";
      description = "Its value.";
    };
    section = may types.str "The section that it is in.";
    separator = mkOption {
      type = types.str;
      default = "=";
      description = "What is between key and value.";
    };
    inherit ensure create mode;
  };
  service = {
    unit = must types.str "The unit.";
    state = may (types.enum [
      "running"
      "stopped"
    ]) "Whether it runs.";
    enabled = may types.bool "Whether it starts with the machine.";
    masked = may types.bool "Whether nothing can start it.";
  };
  mount = {
    what = must types.str "What is mounted.";
    where = must types.externalPath "Where.";
    type = must types.str "The type of the file system.";
    options = may (types.listOf types.str) "How.";
    state = mkOption {
      type = types.enum [
        "mounted"
        "absent"
      ];
      default = "mounted";
      description = "Whether it is mounted.";
    };
    persist = flag true "Whether it is in /etc/fstab.";
  };
  sysctl = {
    key = must types.str "The setting of the kernel.";
    value = must text "Its value.";
    persist = flag true "Whether it is set again when the machine starts.";
  };
  cron = {
    schedule = must types.str "When, as crontab(5) has it.";
    command = must types.singleLineStr "What is run.";
    user = mkOption {
      type = types.str;
      default = "root";
      description = "Who runs it.";
    };
    inherit ensure;
  };
  http = {
    url = must (types.strMatching "https?://[^[:space:]]+") "The address.";
    status =
      may (types.ints.between 100 599) "The status that it must answer with; 200 when not given.";
    contains = may types.str "What must be in the answer.";
    timeout = may types.number "Seconds.";
    apply = may words "A program and its arguments that repairs it.";
  };
  postgresql-database = {
    database = must types.str "The database.";
    owner = may types.str "The role that it belongs to.";
    encoding = may types.str "Its encoding.";
    inherit ensure;
  };
  postgresql-role = {
    role = must types.str "The role.";
    superuser = may types.bool "Whether it may do everything.";
    createdb = may types.bool "Whether it may make databases.";
    login = may types.bool "Whether one can log in as it.";
    inherit ensure;
  };
  user = {
    user = must types.str "The account.";
    uid = may types.ints.unsigned "Its number.";
    group = may types.str "Its primary group.";
    groups = may (types.listOf types.str) "Its further groups.";
    home = may types.externalPath "Its home.";
    shell = may types.externalPath "Its login shell.";
    description = may types.str "Who it is.";
    system = flag false "Whether it is a service's.";
    locked = may types.bool "Whether nobody can log in with it.";
    createHome = flag false "Whether its home is made.";
    inherit ensure;
  };
  group = {
    group = must types.str "The group.";
    gid = may types.ints.unsigned "Its number.";
    members = may (types.listOf types.str) "Who is in it.";
    system = flag false "Whether its number is one of the system's.";
    inherit ensure;
  };
}
