/**
 * One piece of work of the store, alone in a process: what has no command of its own. Bundled before it is measured,
 * as the program is.
 *
 *     driver.cjs hash|dump PLACE          the archive of a tree, hashed or written
 *     driver.cjs restore NAR PLACE
 *     driver.cjs register ROOT FILE       a store below ROOT, and paths in the form of `nix-store --load-db`
 *     driver.cjs scan PLACE FILE          hash and references: the hash parts to look for are the lines of FILE
 */
import { createReadStream, openSync, readFileSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { formatHash, parseHash, type StorePath } from '../../src/formats/index.ts';
import {
  dumpNarSync,
  hashPath,
  openLocalStore,
  type PathInfo,
  restoreNarSync,
  scanTree,
} from '../../src/store/index.ts';
import { register } from '../../src/store/local/register.ts';

const [verb, ...words] = process.argv.slice(2) as [string, ...string[]];

async function main(): Promise<void> {
  switch (verb) {
    case 'hash':
      console.log(formatHash(hashPath(words[0]!).hash, 'nix32'));
      break;
    case 'dump':
      dumpNarSync(words[0]!, (chunk) => {
        for (let at = 0; at < chunk.length; ) at += writeSync(1, chunk, at);
      });
      break;
    case 'restore':
      restoreNarSync(openSync(words[0]!, 'r'), words[1]!);
      break;
    case 'register':
      await registerAll(words[0]!, words[1]!);
      break;
    case 'scan':
      await scan(words[0]!, words[1]!);
  }
}

void main();

async function registerAll(physicalRoot: string, file: string): Promise<void> {
  const store = openLocalStore({ physicalRoot });
  const infos: PathInfo[] = [];
  const lines = createInterface({ input: createReadStream(file) })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => (await lines.next()).value as string;
  for (let first = await lines.next(); !first.done && first.value !== ''; first = await lines.next()) {
    const path = first.value as StorePath;
    const narHash = parseHash(await next(), 'sha256');
    const narSize = Number(await next());
    const deriver = (await next()) as StorePath | '';
    const references: StorePath[] = [];
    for (let count = Number(await next()); count > 0; count--) references.push((await next()) as StorePath);
    const known = { registrationTime: 1, ultimate: false, signatures: [], contentAddress: undefined };
    infos.push({ path, narHash, narSize, references, deriver: deriver === '' ? undefined : deriver, ...known });
  }
  register(
    store.parts,
    infos.map((info) => ({ info })),
  );
  store.close();
}

async function scan(place: string, file: string): Promise<void> {
  const hashParts = readFileSync(file, 'utf8').trim().split('\n');
  const { nar, found } = await scanTree(place, hashParts);
  console.log(formatHash(nar.hash, 'nix32'), found.size);
}
