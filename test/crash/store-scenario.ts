/**
 * Everything that changes a store, once: makes stores `a`, `b` and `c` below a folder, of which `a` is then repaired,
 * collected and optimised. Can be run again after any end.
 */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { silent } from '../../src/base/events.ts';
import type { StorePath } from '../../src/formats/index.ts';
import {
  canonicalise,
  collectGarbage,
  copyClosure,
  exportTar,
  fromSource,
  hashPath,
  importClosure,
  type LocalStore,
  openLocalStore,
  optimiseStore,
  removeTree,
  repairPaths,
} from '../../src/store/index.ts';

/** How many paths are valid in each store at the end. */
export const pathsLeft = { a: 2, b: 3, c: 3 };

export async function changeStores(root: string, sources: string): Promise<void> {
  const store = openLocalStore({ physicalRoot: join(root, 'a') });
  const other = openLocalStore({ physicalRoot: join(root, 'b') });
  try {
    const texts = addTexts(store);
    const tree = store.addPath({ physicalPath: sources, name: 'tree', ingestion: 'nar' });
    const output = addOutput(store, sources, tree, texts[0]!);
    await copyClosure(store, other, [output, texts[0]!], silent);
    store.addPermanentRoot(join(root, 'result'), output);
    await importAll(other, join(root, 'c'), [output, texts[0]!]);
    await damageAndRepair(store, tree);
    addGeneration(store, texts[2]!, output);
  } finally {
    other.close();
    store.close();
  }
  await tidy(root);
}

/** With a store that needs nothing itself: what has no root goes. */
async function tidy(root: string): Promise<void> {
  const store = openLocalStore({ physicalRoot: join(root, 'a') });
  try {
    await optimiseStore(store);
    await collectGarbage(store, { batchSize: 3, generations: { keep: 1 } });
  } finally {
    store.close();
  }
}

/** From one store to another, as a stream. */
async function importAll(from: LocalStore, physicalRoot: string, paths: readonly StorePath[]): Promise<void> {
  const store = openLocalStore({ physicalRoot });
  try {
    await importClosure(store, exportTar(from, paths), { keys: new Map(), requireSignatures: false });
  } finally {
    store.close();
  }
}

/** A tree that is gone, and comes back. */
async function damageAndRepair(store: LocalStore, path: StorePath): Promise<void> {
  const [repair] = await repairPaths(store, [path], [fromSource(store)]);
  if (repair?.by === undefined) throw new Error(`not repaired: ${repair?.failures.join()}`);
}

/** An old generation of a profile, and the current one. */
function addGeneration(store: LocalStore, path: StorePath, current: StorePath): void {
  const profile = join(store.stateDir, 'profiles/test');
  store.addPermanentRoot(join(profile, 'generation-1'), path);
  store.addPermanentRoot(join(profile, 'generation-2'), current);
  fs.rmSync(join(profile, 'current'), { force: true });
  fs.symlinkSync('generation-2', join(profile, 'current'));
}

function addTexts(store: LocalStore): StorePath[] {
  return store.batch(() => {
    const paths: StorePath[] = [];
    for (let i = 0; i < 3; i++) paths.push(store.addText(`text-${i}`, `text ${i}`, paths.slice(-2)));
    return paths;
  });
}

/** As a builder does: the bytes are put in place first. */
function addOutput(store: LocalStore, sources: string, reference: StorePath, drvPath: StorePath): StorePath {
  const path = '/nix/store/00000000000000000000000000000000-output' as StorePath;
  if (store.isValid(path)) return path;
  const place = store.realPath(path);
  removeTree(place);
  fs.cpSync(sources, place, { recursive: true });
  canonicalise(place);
  const { hash: narHash, size: narSize } = hashPath(place);
  const known = { deriver: undefined, registrationTime: 1, ultimate: true, signatures: [], contentAddress: undefined };
  const info = { path, narHash, narSize, references: [reference], ...known };
  store.registerOutputs([info], [{ drvPath, outputName: 'out', outPath: path }]);
  return path;
}
