# What stands at the beginning of a file stays there.

{ lib, pkgs, config, ... }:
with lib;
let
  cfg = config.services.greeter; # behind a binding
  a = { b = 1; };
  x = {
    c = 1;
    d = [ 1 2 3 ];
  };
  # on a line of its own

  y = if a then b else c;
  z = map (x: x + 1) [ 1 2 3 ];
  f = { a, b ? 2 }: { inherit a b; };
  service =
    name: value:
    lib.mkIf cfg.enable {
      services.${name} = {
        enable = true;
        description = "x";
      };
    };
  longCall = builtins.foldl' (acc: item: acc // { ${item.name} = item.value; }) { } (
    builtins.attrValues config.something.long
  );
  s = ''
    hello
      ${foo}

    world
  '';
  verbatim = ''starts here
    and goes on'';
  inherit (lib)
    mkOption
    types
    mkEnableOption
    mkIf
    mkMerge
    optionalString
    concatStringsSep
    mapAttrs'
    nameValuePair
    ;
  cond = a && b || c && !d -> e;
  veryLong =
    someFunction argumentNumberOne && anotherFunction argumentNumberTwo
    || thirdFunction argumentThree;
  u = (import ./x.nix { inherit pkgs; }).foo or null;
  pattern =
    { first, second ? "with a default", third ? { }, fourth, fifth, sixth, seventh, ... }@all:
    all;
  commas =
    {
      a,
      b, # about b
      # about c
      c ? 1,
    }:
    a;
  old = let { body = 1; };
  minus = -x - -1;
  spaced = ./a .b;
in
{
  options = {
    services.greeter.enable = mkEnableOption "greeter";
    /* inside */ bar = 1;
  };
  config = mkIf cfg.enable (mkMerge [ { a = 1; } (mkIf x { b = 2; }) ]);
  meta = with lib; { license = licenses.mit; };
  q = foo // {
    a = 1;
    b = 2;
  };
  r = pkgs.runCommand "name" { } ''
    echo hi
  '';
  /*
    A comment of
      several lines.
  */
  e =
    if aaaaaaaaaaaaaaaaaaaaaaaaaaa then
      bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
    else if ccccccccccc then
      ddddddddd
    else
      eeeeeeee;
  empty = { }; # nothing
  list = [ # behind a bracket
    1
    2
  ];
  # the last one
}
# behind it all
