/** Builds on a small file system until it is full, in each way; prints what was said, and that the store is whole. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import type { StorePath } from '../../src/formats/index.ts';
import { openLocalStore } from '../../src/store/index.ts';
import { failing, type Recipe, Scratch, sha256 } from './support.ts';

const [small, large] = process.argv.slice(2) as [string, string];
const scratch = new Scratch(large, openLocalStore({ physicalRoot: small }));
fs.writeFileSync(join(large, 'file'), Buffer.alloc(60 * 1024 * 1024));

const said: Record<string, string> = {};
const fail = async (name: string, recipe: Recipe): Promise<void> => {
  said[name] = (await failing(scratch.build(scratch.derivation({ name, ...recipe })))).code;
};
await fail('output', { script: 'dd if=/dev/zero of=$out bs=1M count=60' });
await fail('folder', { script: 'dd if=/dev/zero of=file bs=1M count=60' });
await fail('log', { script: 'yes $(seq 1 1000) | head -c 60000000; sleep 5; echo > $out' });
const fixed = { method: 'flat' as const, hash: sha256('nothing') };
await fail('fetch', { builder: 'builtin:fetchurl', fixed, env: { url: `file://${large}/file` } });
// Copied while it is rewritten: there is room for it once, not twice.
await fail('rewriting', {
  kind: 'floating',
  script: 'mkdir $out; dd if=/dev/zero of=$out/big bs=1M count=18; echo $out > $out/self',
});
const fine: StorePath = scratch.derivation({ name: 'fine', script: 'dd if=/dev/zero of=$out bs=1M count=5' });
await scratch.build(fine);
const problems = await scratch.store.verify({ checkContents: true });
process.stdout.write(JSON.stringify({ said, problems, leftovers: scratch.leftovers() }));
scratch.store.close();
