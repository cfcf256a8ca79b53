# Settings of several modules, written in each format.
let
  lib = import ../../../src/activate/modules/lib;
  formats = import ../../../src/activate/modules/build/formats.nix {
    inherit lib;
    writeText = _: text: text;
  };
  written =
    format: definitions:
    let
      value =
        (lib.evalModules {
          modules = [ { options.x = lib.mkOption { inherit (format) type; }; } ] ++ map (x: { inherit x; }) definitions;
        }).config.x;
    in
    builtins.filter builtins.isString (builtins.split "\n" (format.generate "x" value));
  settings = [
    {
      name = "shop";
      nested.deep."a b".list = [ 1 "two" { three = 3.5; } ];
      nested.on = lib.mkDefault false;
    }
    {
      nested.on = true;
      nested.place = "/etc/shop";
      empty = { };
    }
  ];
  refuses = format: value: !(builtins.tryEval (builtins.deepSeq (written format [ value ]) true)).success;
in
{
  json = written (formats.json { }) settings;
  yaml = written (formats.yaml { }) settings;
  toml = written (formats.toml { }) settings;
  tomlBack =
    let
      value = { a = 1; b.c = [ 1 2 ]; "d e".f = "\"quoted\" \\ \n\t"; g.h.i = true; j = [ { k = [ { l = 1.5; } ]; } ]; m = { }; };
    in
    builtins.fromTOML ((formats.toml { }).generate "x" value) == value;
  ini = written (formats.ini { }) [ { one.a = 1; } { one.b = "x"; two.c = true; } ];
  iniLists = written (formats.ini { listsAsDuplicateKeys = true; }) [ { one.a = [ 1 2 ]; } ];
  keyValue = written (formats.keyValue { }) [ { A = "x"; B = 5; } ];
  refused = {
    function = refuses (formats.json { }) { a = x: x; };
    null = refuses (formats.toml { }) { a = null; };
    nested = refuses (formats.ini { }) { a.b.c = 1; };
  };
  described = (formats.json { }).type.description;
}
