/** The graphs that are built: expressions in the language that both understand. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Program {
  readonly name: string;
  /** The expression, given a folder with `lib.nix` in it. */
  readonly expression: string;
  /** Measured again in the store that the first run filled. */
  readonly again: boolean;
}

const head = 'let lib = import ./lib.nix; range = n: builtins.genList (i: toString i) n; in with lib; ';

/** How many folders there are for inputs. */
const parts = 1000;

/** @param busybox a folder with `bin/busybox` and links to it */
export function writeLibrary(folder: string, busybox: string): void {
  for (let i = 0; i < parts; i++) {
    mkdirSync(join(folder, 'parts', String(i)), { recursive: true });
    writeFileSync(join(folder, 'parts', String(i), 'file'), String(i));
  }
  writeFileSync(
    join(folder, 'lib.nix'),
    `rec {
  busybox = builtins.path { path = ${busybox}; name = "busybox"; };
  run = name: more: script: derivation ({
    inherit name;
    system = builtins.currentSystem;
    builder = "\${busybox}/bin/sh";
    args = [ "-c" script ];
  } // more);
}
`,
  );
}

/**
 * @param scale 1: the sizes of the names
 * @param url of a server whose `/N` is the text `file N`
 */
export function programs(scale: number, url: string, hashOf: (index: number) => string): Program[] {
  const size = (count: number): number => Math.max(1, Math.round(count * scale));
  const leaves = `map (i: run "leaf-\${i}" { } "echo \${i} > $out") (range ${size(1000)})`;
  const fanIn = `${head} run "top" { parts = ${leaves}; } "echo $parts > $out"`;
  const files = Array.from({ length: size(200) }, (_, i) => `{ n = "${i}"; hash = "${hashOf(i)}"; }`).join(' ');
  const part = 'builtins.path { path = ./parts + "/${i}"; name = "part-${i}"; }';
  const closure = `builtins.toFile "all" (toString (map (i: ${part}) (range ${size(1000)})))`;
  return [
    { name: '1,000 independent', expression: `${head} ${leaves}`, again: false },
    {
      name: 'a chain of 300',
      expression: `${head} builtins.foldl' (below: i: run "link-\${i}" { inherit below; } "echo $below > $out") "" (range ${size(300)})`,
      again: false,
    },
    { name: 'a fan-in of 1,000', expression: fanIn, again: false },
    { name: 'the same, nothing to do', expression: fanIn, again: true },
    {
      name: '200 fetches',
      expression: `${head} map (f: import <nix/fetchurl.nix> { url = "${url}/\${f.n}"; sha256 = f.hash; }) [ ${files} ]`,
      again: false,
    },
    {
      name: '200 with 1,000 inputs',
      expression: `${head} let all = ${closure}; in map (i: run "wide-\${i}" { inherit all; } "echo $all > $out") (range ${size(200)})`,
      again: false,
    },
  ];
}
