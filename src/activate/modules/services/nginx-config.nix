# nginx's configuration as text, from the options.
{ lib }:
let
  inherit (builtins)
    attrNames
    concatMap
    isList
    map
    ;
  inherit (lib)
    concatStringsSep
    optional
    optionals
    splitString
    ;
  inside = lines: map (line: if line == "" then "" else "    ${line}") lines;
  block = head: lines: [ "${head} {" ] ++ inside lines ++ [ "}" ];
  free = text: if text == "" then [ ] else splitString "\n" (lib.removeSuffix "\n" text);
  word =
    text:
    if builtins.match "[^][ \t\n{};\"'$()]+" text != null then text else builtins.toJSON text;

  listens =
    host:
    let
      one =
        listen:
        "listen ${lib.optionalString (listen.addr != "") "${listen.addr}:"}${toString listen.port}${
          lib.concatMapStrings (extra: " ${extra}") (
            optional (listen.ssl) "ssl"
            ++ optional host.default "default_server"
            ++ listen.extraParameters
          )
        };";
      secure = host.onlySSL || host.forceSSL || host.addSSL;
      plainPorts = optionals (!host.onlySSL) [ 80 ];
      both =
        port: ssl:
        [
          {
            addr = "0.0.0.0";
            inherit port ssl;
            extraParameters = [ ];
          }
          {
            addr = "[::0]";
            inherit port ssl;
            extraParameters = [ ];
          }
        ];
      given =
        if host.listen != [ ] then
          host.listen
        else
          concatMap (port: both port false) plainPorts ++ optionals secure (both 443 true);
    in
    map one given;

  location =
    place: at:
    block "location ${place}" (
      optional (at.root != null) "root ${word "${at.root}"};"
      ++ optional (at.alias != null) "alias ${word "${at.alias}"};"
      ++ optional (at.index != null) "index ${at.index};"
      ++ optional (at.tryFiles != null) "try_files ${at.tryFiles};"
      ++ optional (at.proxyPass != null) "proxy_pass ${at.proxyPass};"
      ++ optionals (at.proxyPass != null && at.recommendedProxySettings) [
        "proxy_set_header Host $host;"
        "proxy_set_header X-Real-IP $remote_addr;"
        "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;"
        "proxy_set_header X-Forwarded-Proto $scheme;"
      ]
      ++ optional
        (at.return != null)
        "return ${if isList at.return then concatStringsSep " " (map toString at.return) else toString at.return};"
      ++ free at.extraConfig
    );

  certificate = host: [
    "ssl_certificate ${word host.sslCertificate};"
    "ssl_certificate_key ${word host.sslCertificateKey};"
  ];

  server =
    name: host:
    let
      names = concatStringsSep " " ([ host.serverName ] ++ host.serverAliases);
      secure = host.onlySSL || host.forceSSL || host.addSSL;
      locations = lib.sortOn (place: host.locations.${place}.priority) (attrNames host.locations);
      body =
        optional (host.root != null) "root ${word "${host.root}"};"
        ++ optionals host.revalidate [
          "etag off;"
          "if_modified_since off;"
          "expires epoch;"
        ]
        ++ optional (host.index != null) "index ${host.index};"
        ++ optional (host.globalRedirect != null) "return 301 ${host.globalRedirect}$request_uri;"
        ++ free host.extraConfig
        ++ concatMap (place: location place host.locations.${place}) locations;
      toSecure = block "server" (
        listens (host // { forceSSL = false; })
        ++ [
          "server_name ${names};"
          "return 301 https://$host$request_uri;"
        ]
      );
    in
    optionals (host.forceSSL && host.listen == [ ]) toSecure
    ++ block "server" (
      listens (host // lib.optionalAttrs host.forceSSL { onlySSL = true; })
      ++ [ "server_name ${names};" ]
      ++ optionals secure (certificate host)
      ++ body
    );
in
# options of services.nginx -> text
cfg:
lib.concatLines (
  [
    "# Declared by services.nginx."
    "user ${cfg.user};"
    "worker_processes ${toString cfg.workerProcesses};"
    "pid /run/nginx.pid;"
    "error_log ${cfg.errorLog};"
  ]
  ++ free cfg.prependConfig
  ++ block "events" [ "worker_connections ${toString cfg.workerConnections};" ]
  ++ block "http" (
    [
      "include ${cfg.mimeTypes};"
      "default_type application/octet-stream;"
      "access_log ${cfg.accessLog};"
      "server_tokens ${if cfg.serverTokens then "on" else "off"};"
      "sendfile on;"
      "tcp_nopush on;"
      "keepalive_timeout 65;"
      "types_hash_max_size 4096;"
      "server_names_hash_bucket_size 128;"
      "client_max_body_size ${cfg.clientMaxBodySize};"
    ]
    ++ optionals cfg.gzip [
      "gzip on;"
      "gzip_vary on;"
      "gzip_types text/plain text/css application/json application/javascript text/xml application/xml image/svg+xml;"
    ]
    ++ concatMap
      (
        name:
        block "upstream ${name}" (
          map
            (
              address:
              "server ${address}${lib.concatMapStrings (parameter: " ${parameter}") cfg.upstreams.${name}.servers.${address}};"
            )
            (attrNames cfg.upstreams.${name}.servers)
          ++ free cfg.upstreams.${name}.extraConfig
        )
      )
      (attrNames cfg.upstreams)
    ++ free cfg.httpConfig
    ++ concatMap (name: server name cfg.virtualHosts.${name}) (attrNames cfg.virtualHosts)
  )
  ++ free cfg.extraConfig
)
