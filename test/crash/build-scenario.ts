/** A graph with builds of every kind, made in a store and built there. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { realise } from '../../src/build/index.ts';
import type { StorePath } from '../../src/formats/index.ts';
import { type Recipe, Scratch, sha256 } from '../build/support.ts';

/** How long each builder takes, in seconds: long enough to be hit while it runs. */
export function graph(scratch: Scratch, seconds: number, mark: string): StorePath {
  const file = join(scratch.folder, 'file');
  fs.writeFileSync(file, 'fetched');
  const recipe = (name: string, rest: Recipe): StorePath =>
    scratch.derivation({ name, ...rest, script: `sleep ${seconds}; : ${mark}; ${rest.script}` });
  const fetched = scratch.derivation({
    name: 'fetched',
    builder: 'builtin:fetchurl',
    fixed: { method: 'flat', hash: sha256('fetched') },
    env: { url: `file://${file}` },
  });
  const base = recipe('base', {
    kind: 'floating',
    outputs: ['out', 'dev'],
    inputs: [fetched],
    env: { fetched: scratch.reference(fetched) },
    script: 'mkdir $out; cp $fetched $out/file; echo $out > $out/self; ln -s $out $dev',
  });
  const middles = ['a', 'b'].map((name) =>
    recipe(name, {
      kind: 'floating',
      inputs: [{ drvPath: base, outputs: ['dev', 'out'] }],
      env: { base: scratch.reference(base, 'dev') },
      script: 'mkdir -p $out/deep/er; cp $base/file $out/deep/er/$name; seq 1 2000 > $out/numbers',
    }),
  );
  return recipe('top', {
    inputs: middles,
    env: { parts: middles.map((drvPath) => scratch.reference(drvPath)).join(' ') },
    script: 'mkdir $out; for part in $parts; do cp -r $part $out/; done; echo $out > $out/self',
  });
}

/** Builds the graph in the store below a folder; the path of the last output. */
export async function buildGraph(folder: string, seconds: number, mark: string): Promise<string> {
  fs.mkdirSync(folder, { recursive: true });
  const scratch = new Scratch(folder);
  const top = graph(scratch, seconds, mark);
  const { outputs } = await realise(scratch.store, [{ drvPath: top, outputs: 'all' }], { maxJobs: 2 }, scratch.sink);
  scratch.store.close();
  return outputs.get(top)!.get('out')!;
}
