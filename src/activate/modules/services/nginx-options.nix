# The options of a virtual host and of its locations.
{ lib }:
let
  inherit (lib) mkOption types;
  unset =
    type: example: description:
    mkOption {
      type = types.nullOr type;
      default = null;
      inherit example description;
    };
  flag =
    description:
    mkOption {
      type = types.bool;
      default = false;
      inherit description;
    };
  folder = types.either types.path types.package;
  directives = mkOption {
    type = types.lines;
    default = "";
    description = "Further directives.";
  };

  location.options = {
    root = unset folder "/srv/www" "The folder that files are taken from.";
    alias = unset folder "/srv/images/" "The folder that stands for this place.";
    index = unset types.str "index.html" "The files that stand for a folder.";
    tryFiles = unset types.str "$uri $uri/ =404" "Which files are tried, in turn.";
    proxyPass = unset types.str "http://127.0.0.1:3000" "The server that is asked instead.";
    recommendedProxySettings = mkOption {
      type = types.bool;
      default = true;
      description = "Whether that server is told who asked, and for what.";
    };
    return = unset (types.oneOf [
      types.str
      types.int
      (types.listOf (types.either types.int types.str))
    ]) "301 https://example.org$request_uri" "What is answered at once.";
    priority = mkOption {
      type = types.int;
      default = 1000;
      description = "The place among the locations; lower comes first.";
    };
    extraConfig = directives;
  };

  listen.options = {
    addr = mkOption {
      type = types.str;
      default = "";
      description = "The address.";
    };
    port = mkOption {
      type = types.port;
      default = 80;
      description = "The port.";
    };
    ssl = flag "Whether the connection is encrypted.";
    extraParameters = mkOption {
      type = types.listOf types.str;
      default = [ ];
      description = "Further parameters.";
    };
  };

  upstream.options = {
    servers = mkOption {
      type = types.attrsOf (types.listOf types.str);
      default = { };
      example = {
        "127.0.0.1:3000" = [ "max_fails=3" ];
      };
      description = "Servers by their addresses, each with its parameters.";
    };
    extraConfig = directives;
  };

  inStore =
    root:
    root != null && (lib.hasPrefix builtins.storeDir "${root}" || builtins.hasContext "${root}");

  host =
    { name, config, ... }:
    {
      options = {
        serverName = mkOption {
          type = types.str;
          default = name;
          defaultText = lib.literalExpression "<name>";
          description = "The name that it answers to.";
        };
        serverAliases = mkOption {
          type = types.listOf types.str;
          default = [ ];
          example = [ "www.example.org" ];
          description = "Further names.";
        };
        listen = mkOption {
          type = types.listOf (types.submodule listen);
          default = [ ];
          description = "Where it listens; on ports 80 and, with SSL, 443 of all addresses when nothing is given.";
        };
        default = flag "Whether it answers to names that no other host has.";
        root = unset folder "/srv/www" "The folder that files are taken from.";
        index = unset types.str "index.html" "The files that stand for a folder.";
        addSSL = flag "Whether it answers to https as well as to http.";
        forceSSL = flag "Whether http leads to https.";
        onlySSL = flag "Whether it answers to https alone.";
        sslCertificate =
          unset types.externalPath "/etc/ssl/shop.pem" "The file of the certificate.";
        sslCertificateKey = unset types.externalPath "/etc/ssl/shop.key" "The file of its key.";
        globalRedirect = unset types.str "https://example.org" "Where everything leads to instead.";
        locations = mkOption {
          type = types.attrsOf (types.submodule location);
          default = { };
          example = {
            "/".tryFiles = "$uri =404";
          };
          description = "Places of the host, as `location' has them.";
        };
        revalidate = mkOption {
          type = types.bool;
          default = inStore config.root;
          defaultText = lib.literalExpression "whether `root' is in the store";
          description = ''
            Whether browsers ask for every file again. Files in the store are all of one date, by which nobody could tell
            a new one from an old one of the same size.
          '';
        };
        extraConfig = directives;
      };
    };
in
{
  virtualHosts = mkOption {
    type = types.attrsOf (types.submodule host);
    default = { };
    example = {
      "example.org".root = "/srv/www";
    };
    description = "Sites, by their names.";
  };
  upstreams = mkOption {
    type = types.attrsOf (types.submodule upstream);
    default = { };
    description = "Groups of servers that `proxyPass' can name.";
  };
}
