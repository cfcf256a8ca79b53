# The web server. A change of its configuration is a reload: nginx tests the new one first, and no connection is lost.
{
  config,
  lib,
  ...
}:
let
  inherit (builtins) attrNames concatMap;
  inherit (lib) mkOption types;
  cfg = config.services.nginx;
  file = "/etc/nginx/nginx.conf";
  text = import ./nginx-config.nix { inherit lib; } cfg;
  faultOf = import ./nginx-text.nix { inherit lib; };
  program = if cfg.package == null then "/usr/sbin/nginx" else "${cfg.package}/usr/sbin/nginx";

  setting = type: default: description: mkOption { inherit type default description; };
  directives = description: setting types.lines "" description;

  hosts = attrNames cfg.virtualHosts;
  # Every piece of text that is somebody's, with the name of its option.
  pieces =
    [
      {
        option = [ "httpConfig" ];
        text = cfg.httpConfig;
      }
      {
        option = [ "prependConfig" ];
        text = cfg.prependConfig;
      }
      {
        option = [ "extraConfig" ];
        text = cfg.extraConfig;
      }
    ]
    ++ concatMap (
      name:
      let
        host = cfg.virtualHosts.${name};
      in
      [
        {
          option = [
            "virtualHosts"
            name
            "extraConfig"
          ];
          text = host.extraConfig;
        }
      ]
      ++ map (place: {
        option = [
          "virtualHosts"
          name
          "locations"
          place
          "extraConfig"
        ];
        text = host.locations.${place}.extraConfig;
      }) (attrNames host.locations)
    ) hosts;
  optionName = path: lib.showOption ([ "services" "nginx" ] ++ path);
in
{
  options.services.nginx =
    {
      enable = lib.mkEnableOption "the web server nginx";
      package = mkOption {
        type = types.nullOr types.package;
        default = null;
        description = ''
          The package of nginx; null: Debian's, which is installed on the host. A package must be one that runs with the
          host's libraries.
        '';
      };
      user = setting types.str "www-data" "Who the workers run as.";
      workerProcesses =
        setting
          (types.either types.ints.positive (types.enum [ "auto" ]))
          "auto"
          "How many workers there are.";
      workerConnections =
        setting types.ints.positive 1024 "How many connections a worker may have.";
      errorLog =
        setting
          types.str
          "/var/log/nginx/error.log"
          "Where errors are written, and from which level on.";
      accessLog =
        setting
          types.str
          "/var/log/nginx/access.log"
          "Where requests are written; `off' for nowhere.";
      mimeTypes =
        setting
          types.path
          "/etc/nginx/mime.types"
          "The file that knows types by the ends of names.";
      serverTokens = setting types.bool false "Whether answers name nginx's version.";
      gzip = setting types.bool true "Whether texts are sent compressed.";
      clientMaxBodySize =
        setting (types.strMatching "[0-9]+[kmgKMG]?") "10m" "How much may be sent to the server.";
      httpConfig = directives "Further directives of `http'.";
      prependConfig = directives "Directives before everything else, as `load_module'.";
      extraConfig = directives "Further directives beside `http'.";
    }
    // import ./nginx-options.nix { inherit lib; };

  config = lib.mkIf cfg.enable {
    environment.etc."nginx/nginx.conf" = { inherit text; };
    systemd.services.nginx = {
      description = "Web server";
      wantedBy = [ "multi-user.target" ];
      wants = [ "network-online.target" ];
      after = [
        "network-online.target"
        "remote-fs.target"
        "nss-lookup.target"
      ];
      reloadTriggers = [ text ];
      serviceConfig = {
        Type = "forking";
        PIDFile = "/run/nginx.pid";
        ExecStartPre = "${program} -t -q -c ${file}";
        ExecStart = "${program} -c ${file} -g \"daemon on; master_process on;\"";
        ExecReload = [
          "${program} -t -q -c ${file}"
          "${program} -c ${file} -s reload"
        ];
        ExecStop = "-/bin/kill -QUIT $MAINPID";
        KillMode = "mixed";
        TimeoutStopSec = 5;
        Restart = "on-failure";
      };
    };
    assertions =
      map (piece: {
        assertion = faultOf piece.text == null;
        message = "${optionName piece.option} is not as nginx reads it: ${toString (faultOf piece.text)}.";
      }) pieces
      ++ map (
        name:
        let
          host = cfg.virtualHosts.${name};
        in
        {
          assertion =
            !(host.addSSL || host.forceSSL || host.onlySSL)
            || (host.sslCertificate != null && host.sslCertificateKey != null);
          message = "${optionName [ "virtualHosts" name ]} answers to https and needs `sslCertificate' and `sslCertificateKey'.";
        }
      ) hosts;
  };
}
