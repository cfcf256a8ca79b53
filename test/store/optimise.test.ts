import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { collectGarbage, optimiseStore, referenceTree, sizesOf } from '../../src/store/index.ts';
import { oracle, oracleTest } from '../support/oracle.ts';
import { openStore, scratchFolder, scratchStore, writeFiles } from './support.ts';

function twoTrees(physicalRoot: string) {
  const store = openStore({ physicalRoot });
  const same = 'same '.repeat(2000);
  const add = (name: string) => {
    const folder = writeFiles(join(physicalRoot, name), {
      deep: { [name]: same, tool: { executable: same } },
      own: name,
    });
    return store.addPath({ physicalPath: folder, name, ingestion: 'nar' });
  };
  return { store, one: add('one'), two: add('two') };
}

describe('sharing', () => {
  test('keeps bytes and metadata, and leaves executables apart', async () => {
    const { store, one, two } = twoTrees(scratchFolder());
    const result = await optimiseStore(store);
    expect(result).toMatchObject({ linked: 2, freed: 20_000, skipped: [] });
    const [first, second] = [store.realPath(one), store.realPath(two)];
    expect(fs.statSync(join(first, 'deep/one')).ino).toBe(fs.statSync(join(second, 'deep/two')).ino);
    expect(fs.statSync(join(first, 'deep/one')).ino).not.toBe(fs.statSync(join(first, 'deep/tool')).ino);
    expect(fs.statSync(join(second, 'deep'))).toMatchObject({ mode: 0o40555, mtimeMs: 1000 });
    expect(await store.verify({ checkContents: true })).toEqual([]);
    expect(await optimiseStore(store)).toMatchObject({ linked: 0 });
  });

  test('leaves writable files alone, and gives up a damaged content', async () => {
    const { store, one, two } = twoTrees(scratchFolder());
    await optimiseStore(store);
    const [content] = fs.readdirSync(join(store.realStoreDir, '.links'));
    const damaged = join(store.realStoreDir, '.links', content!);
    fs.rmSync(damaged);
    fs.writeFileSync(damaged, 'other', { mode: 0o444 });
    expect((await store.verify({ checkContents: true })).map((problem) => problem.kind)).toEqual(['modified-link']);
    fs.chmodSync(join(store.realPath(two), 'own'), 0o644);
    const { skipped } = await optimiseStore(store);
    expect(skipped).toMatchObject([{ file: join(store.realPath(two), 'own') }]);
    expect(fs.readFileSync(join(store.realPath(one), 'deep/one'), 'utf8')).toContain('same');
  });

  test('is undone by a collection as far as nothing uses it', async () => {
    const physicalRoot = scratchFolder();
    const { store, one } = twoTrees(physicalRoot);
    store.addPermanentRoot(join(store.stateDir, 'gcroots/one'), one);
    await optimiseStore(store);
    store.close();
    const other = openStore({ physicalRoot });
    await collectGarbage(other);
    expect(fs.readdirSync(join(other.realStoreDir, '.links'))).toHaveLength(3);
    fs.rmSync(join(other.stateDir, 'gcroots/one'));
    const { freed } = await collectGarbage(other);
    expect(freed).toBeGreaterThan(20_000);
    expect(fs.readdirSync(join(other.realStoreDir, '.links'))).toEqual([]);
  });

  oracleTest('is what the real Nix does, and it goes on from ours', async () => {
    const [ours, theirs] = [scratchFolder(), scratchFolder()];
    const { store } = twoTrees(ours);
    await optimiseStore(store);
    twoTrees(theirs).store.close();
    const shared = (root: string): string[] => fs.readdirSync(join(root, 'nix/store/.links')).sort();
    await oracle(['--store', join(theirs, 'nix'), 'nix-store', '--optimise']);
    expect(shared(ours)).toEqual(shared(theirs));
    const again = await oracle(['--store', join(ours, 'nix'), 'nix-store', '--optimise']);
    expect(again.stderr).toContain('0.0 KiB freed by hard-linking 0 files');
    expect(await store.verify({ checkContents: true })).toEqual([]);
  });
});

test('a tree of references unfolds each path once; sizes add up', () => {
  const store = scratchStore();
  const a = store.addText('a', 'A', []);
  const b = store.addText('b', 'B', [a]);
  const c = store.addText('c', 'C', [a, b]);
  const leaf = (repeated: boolean) => ({ path: a, references: [], repeated });
  const inner = { path: b, references: [leaf(store.requireInfo(c).references[0] === a)], repeated: false };
  const expected = store.requireInfo(c).references[0] === a ? [leaf(false), inner] : [inner, leaf(true)];
  expect(referenceTree(store, c)).toEqual({ path: c, references: expected, repeated: false });
  expect(sizesOf(store, c)).toEqual({ size: 120, closureSize: 360 });
});
