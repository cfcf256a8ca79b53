/** Damage of every kind, and what brings the bytes back. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withoutSystemCalls } from '../../src/base/system-calls.ts';
import { type StorePath, withPrefix } from '../../src/formats/index.ts';
import {
  fromCaches,
  fromSource,
  type LocalStore,
  optimiseStore,
  type RepairWay,
  removeTree,
  repairPaths,
} from '../../src/store/index.ts';
import { HashPool } from '../../src/store/local/hash-pool.ts';
import { hashTree, type NarHash } from '../../src/store/local/nar.ts';
import { rawPathOf } from '../../src/store/local/raw-path.ts';
import { cacheFolder, filledStore, substituters } from './caches/support.ts';
import { entries, scratchFolder, scratchStore, writeFiles } from './support.ts';

/** Flips a bit in the middle of a file. */
function flip(file: string): void {
  fs.chmodSync(file, 0o644);
  const bytes = fs.readFileSync(file);
  bytes[bytes.length >> 1]! ^= 1;
  fs.writeFileSync(file, bytes);
}

const wrong = async (store: LocalStore) =>
  (await store.verify({ checkContents: true })).map((problem) => [problem.kind, 'path' in problem && problem.path]);

test.each([false, true])('from a cache: what was changed, and what is gone (step by step: %s)', async (slowly) => {
  const { store, a, tree, output } = filledStore();
  const cache = await cacheFolder(store, [output]);
  flip(join(store.realPath(tree), 'deep/deeper/file'));
  removeTree(store.realPath(a));
  expect(await wrong(store)).toEqual([
    ['missing', a],
    ['modified', tree],
  ]);
  withoutSystemCalls(slowly);
  const repairs = await repairPaths(store, [a, tree], [fromCaches(substituters([cache]))]);
  withoutSystemCalls(false);
  expect(repairs).toEqual([a, tree].map((path) => ({ path, by: 'a cache', failures: [] })));
  expect(await store.verify({ checkContents: true })).toEqual([]);
  expect(fs.statSync(store.realPath(tree))).toMatchObject({ mode: 0o40555, mtimeMs: 1000 });
  expect(entries(store)).toHaveLength(store.allPaths().length);
});

test('from the file that it was added from, unless that changed', async () => {
  const store = scratchStore();
  const folder = writeFiles(scratchFolder(), { file: 'text', sub: { other: 'more' } });
  const path = store.addPath({ physicalPath: folder, name: 'tree', ingestion: 'nar' });
  expect(store.provenance(path)).toMatchObject([{ kind: 'source', details: { path: folder } }]);
  flip(join(store.realPath(path), 'sub/other'));
  fs.writeFileSync(join(folder, 'file'), 'TEXT');
  const [failed] = await repairPaths(store, [path], [fromSource(store)]);
  expect(failed).toMatchObject({ by: undefined, failures: [expect.stringContaining('is not what was announced')] });
  expect(await wrong(store)).toEqual([['modified', path]]);
  fs.writeFileSync(join(folder, 'file'), 'text');
  expect(await repairPaths(store, [path], [fromSource(store)])).toMatchObject([{ path, failures: [] }]);
  expect(await wrong(store)).toEqual([]);
});

test('nothing but the registered bytes is taken, whoever offers them; the next way is tried', async () => {
  const { store, tree, b } = filledStore();
  flip(join(store.realPath(tree), 'a file'));
  const liar: RepairWay = { name: 'a liar', archive: async () => store.dumpNar(b) };
  const dead: RepairWay = { name: 'nobody', archive: async () => undefined };
  const [repair] = await repairPaths(store, [tree], [dead, liar, fromSource(store)]);
  expect(repair).toMatchObject({
    by: 'the file that it was added from',
    failures: [expect.stringMatching(/^a liar: /)],
  });
});

test('a shared file that is damaged is one problem for each path that has it', async () => {
  const store = scratchStore();
  const text = 'a text that is shared by two paths'.repeat(10);
  const [one, two] = ['one', 'two'].map((name) => {
    const physicalPath = writeFiles(scratchFolder(), { file: text, [name]: name });
    return store.addPath({ physicalPath, name, ingestion: 'nar' });
  }) as [StorePath, StorePath];
  await optimiseStore(store);
  flip(join(store.realPath(one), 'file'));
  const problems = await store.verify({ checkContents: true });
  expect(problems.map(({ kind }) => kind)).toEqual(['modified', 'modified', 'modified-link']);
  expect((await store.verify({ checkContents: true, paths: [two] })).map(({ kind }) => kind)).toEqual(['modified']);
});

test('threads hash what one thread hashes, and say what cannot be read', async () => {
  const folder = scratchFolder();
  const places = Array.from({ length: 20 }, (_, i) =>
    writeFiles(join(folder, String(i)), { file: 'x'.repeat(i * 999) }),
  );
  const pool = new HashPool(Number.POSITIVE_INFINITY, 3);
  const alone = new HashPool(0);
  expect([pool.parallel, alone.parallel]).toEqual([10, 2]);
  const found = await Promise.all(places.map((place) => pool.hash(rawPathOf(place))));
  const shown = ({ hash, size }: NarHash): string => `${withPrefix(hash, 'nix32')} ${size}`;
  expect(found.map(shown)).toEqual(places.map((place) => shown(hashTree(rawPathOf(place)))));
  await expect(pool.hash(rawPathOf(join(folder, 'absent')))).rejects.toThrow('does not exist');
  expect(await alone.hash(rawPathOf(places[3]!))).toEqual(hashTree(rawPathOf(places[3]!)));
  await pool.close();
});
