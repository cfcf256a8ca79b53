# Users and groups. They are convergent: a switch makes what is missing, and touches no account that is not declared.
{
  config,
  options,
  lib,
  definedIn,
  ...
}:
let
  inherit (builtins)
    attrNames
    concatMap
    elem
    filter
    ;
  inherit (lib) mkOption types;
  cfg = config.users;
  userFiles = import ./origins.nix options.users.users;
  groupFiles = import ./origins.nix options.users.groups;
  name = types.strMatching "[a-zA-Z_][a-zA-Z0-9_.-]{0,30}[$]?";
  id = types.ints.between 0 4294967293;
  flag =
    default: description:
    mkOption {
      type = types.bool;
      inherit default description;
    };
  unset =
    type: example: description:
    mkOption {
      type = types.nullOr type;
      default = null;
      inherit example description;
    };

  user.options = {
    isNormalUser =
      flag false "Whether the account is a person's: with a home below /home and a login shell.";
    isSystemUser =
      flag
        false
        "Whether the account is a service's: its number is below 1000, and nobody logs in.";
    uid =
      unset
        id
        1001
        "The number. Without it a free one is given, and kept for the name from then on.";
    group =
      unset
        types.str
        "www-data"
        "The primary group. Without it the user has a group of its own name.";
    extraGroups = mkOption {
      type = types.listOf types.str;
      default = [ ];
      example = [ "sudo" ];
      description = "Further groups.";
    };
    home =
      unset
        types.externalPath
        "/home/ada"
        "The home folder: below /home for people, none for services.";
    createHome = unset types.bool true "Whether the home folder is made; it is for people.";
    shell =
      unset
        (types.either types.package types.externalPath)
        "/bin/bash"
        "The login shell: /bin/bash for people.";
    description = mkOption {
      type = types.passwdEntry types.str;
      default = "";
      example = "Ada Lovelace";
      description = "Who it is.";
    };
    passwordFile = unset types.externalPath "/etc/secrets/ada.hash" ''
      A file of the machine, outside of the store, that holds the hash of the password, as mkpasswd(1) writes it.
    '';
    locked =
      flag
        false
        "Whether nobody can log in with the account. Locking is how an account ends: its number stays taken.";
    openssh.authorizedKeys.keys = mkOption {
      type = types.listOf types.singleLineStr;
      default = [ ];
      description = "Public keys that may log in over ssh (with services.openssh).";
    };
    openssh.authorizedKeys.keyFiles = mkOption {
      type = types.listOf types.path;
      default = [ ];
      description = "Files with such keys.";
    };
  };

  group.options = {
    gid =
      unset
        id
        1001
        "The number. Without it a free one is given, and kept for the name from then on.";
    system = flag true "Whether the number is one of the system's, below 1000.";
    members = mkOption {
      type = types.listOf types.str;
      default = [ ];
      description = "Declared users that are in the group.";
    };
  };

  # root is there anyway: to give it keys alone leaves the account as it is.
  managed = filter (
    user:
    let
      account = cfg.users.${user};
    in
    account.isNormalUser
    || account.isSystemUser
    || account.passwordFile != null
    || account.locked
    || user != "root"
  ) (attrNames cfg.users);

  groupOf =
    user:
    let
      account = cfg.users.${user};
    in
    if account.group == null then user else account.group;
  memberOf =
    user:
    filter (group: elem user cfg.groups.${group}.members && group != groupOf user) (
      attrNames cfg.groups
    );
  own = filter (user: cfg.users.${user}.group == null && user != "root") managed;

  userRecord =
    user:
    let
      account = cfg.users.${user};
      person = account.isNormalUser;
      orElse = fallback: value: if value == null then fallback else value;
    in
    {
      name = user;
      uid = if user == "root" then 0 else account.uid;
      group = groupOf user;
      groups = lib.unique (account.extraGroups ++ memberOf user);
      home = orElse (
        if user == "root" then
          "/root"
        else if person then
          "/home/${user}"
        else
          "/nonexistent"
      ) account.home;
      createHome = orElse person account.createHome;
      shell =
        if lib.isDerivation account.shell then
          lib.getExe account.shell
        else
          "${orElse (if person || user == "root" then "/bin/bash" else "/usr/sbin/nologin") account.shell}";
      inherit (account) description passwordFile locked;
      system = !person;
      option = lib.showOption [ "users" "users" user ];
      definedIn = definedIn userFiles.${user};
    };
  groupRecord = group: {
    name = group;
    inherit (cfg.groups.${group}) gid system;
    option = lib.showOption [ "users" "groups" group ];
    definedIn = definedIn groupFiles.${group};
  };
  said =
    files: name: value:
    lib.mkDefinition {
      file = files.${name};
      inherit value;
    };
in
{
  options.users.users = mkOption {
    type = types.attrsOf (types.submodule user);
    default = { };
    example = {
      ada = {
        isNormalUser = true;
        extraGroups = [ "sudo" ];
      };
    };
    description = "Accounts, by name.";
  };
  options.users.groups = mkOption {
    type = types.attrsOf (types.submodule group);
    default = { };
    example = {
      editors.members = [ "ada" ];
    };
    description = "Groups, by name.";
  };

  config = {
    system.manifest.users = map userRecord managed;
    system.manifest.groups = map groupRecord (attrNames cfg.groups);
    users.groups = lib.genAttrs own (
      user: said userFiles user { system = lib.mkDefault (!cfg.users.${user}.isNormalUser); }
    );
    environment.etc = lib.mapAttrs' (
      user: account:
      lib.nameValuePair "ssh/authorized_keys.d/${user}" (said userFiles user {
        text = lib.concatLines (
          account.openssh.authorizedKeys.keys
          ++ map (file: lib.trim (builtins.readFile file)) account.openssh.authorizedKeys.keyFiles
        );
      })
    ) (lib.filterAttrs (_: account: account.openssh.authorizedKeys.keys != [ ] || account.openssh.authorizedKeys.keyFiles != [ ]) cfg.users);

    assertions =
      concatMap (user: [
        {
          assertion = name.check user;
          message = "users.users.${builtins.toJSON user}: that is no name that an account can have.";
        }
        {
          assertion =
            cfg.users.${user}.isNormalUser != cfg.users.${user}.isSystemUser || user == "root";
          message = "users.users.${user} is the account of a person or of a service: set `isNormalUser' or `isSystemUser'.";
        }
      ]) (attrNames cfg.users)
      ++ concatMap (
        group:
        map (member: {
          assertion = cfg.users ? ${member};
          message = "users.groups.${group}.members names `${member}', which is not declared in users.users.";
        }) cfg.groups.${group}.members
      ) (attrNames cfg.groups);
  };
}
