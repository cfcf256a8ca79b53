/** A generated module evaluation: `count` modules, each with options, definitions of others' options, and conditions. */

/** The text of a program that evaluates them with the module library at `library` and returns a digest of the result. */
export function modulesProgram(count: number, library: string): string {
  const modules = Array.from({ length: count }, (_, i) => moduleText(i, count));
  return `let
  inherit (import ${library}) lib;
  evaluated = lib.evalModules { modules = [
${modules.join('\n')}
  ]; };
in
builtins.hashString "sha256" (builtins.toJSON evaluated.config)
`;
}

function moduleText(i: number, count: number): string {
  const other = (i * 7 + 3) % count;
  return `    ({ config, lib, ... }: {
      options.service${i} = {
        enable = lib.mkOption { type = lib.types.bool; default = ${i % 3 === 0}; description = "whether to run ${i}"; };
        port = lib.mkOption { type = lib.types.port; default = ${1000 + i}; };
        names = lib.mkOption { type = lib.types.listOf lib.types.str; default = [ ]; };
        settings = lib.mkOption { type = lib.types.attrsOf lib.types.str; default = { }; };
      };
      config = lib.mkMerge [
        { service${other}.names = [ "from-${i}" ]; }
        (lib.mkIf config.service${i}.enable { service${other}.settings."key-${i}" = "port \${toString config.service${i}.port}"; })
        { service${i}.port = lib.mkDefault ${2000 + i}; }
      ];
    })`;
}
