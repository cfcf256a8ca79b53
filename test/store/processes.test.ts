import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../../src/base/process.ts';
import { collectGarbage } from '../../src/store/index.ts';
import { entries, openStore, scratchFolder, writeFiles } from './support.ts';

const child = new URL('processes-child.ts', import.meta.url).pathname;

test('eight processes add to a store that is not there yet, and none of them is told that it is busy', async () => {
  const physicalRoot = scratchFolder();
  writeFiles(join(physicalRoot, 'source'), { a: { b: 'text' } });
  const runs = Array.from({ length: 8 }, (_, i) => run(process.execPath, [child, physicalRoot, String(i)]));
  for (const result of await Promise.all(runs)) expect(result).toMatchObject({ status: 0, stderr: '', stdout: '' });
  const store = openStore({ physicalRoot });
  expect(store.allPaths()).toHaveLength(20 + 8 * 20 + 4 + 50);
  expect(entries(store)).toEqual(store.allPaths().map((path) => path.slice('/nix/store/'.length)));
  expect(await store.verify({ checkContents: true })).toEqual([]);
});

test('a collection beside four processes that add takes nothing that they need', async () => {
  const physicalRoot = scratchFolder();
  writeFiles(join(physicalRoot, 'source'), { a: { b: 'text' } });
  const store = openStore({ physicalRoot });
  let running = true;
  const runs = Array.from({ length: 4 }, (_, i) => run(process.execPath, [child, physicalRoot, String(i)]));
  const ends = Promise.all(runs).finally(() => {
    running = false;
  });
  let deleted = 0;
  while (running) {
    deleted += (await collectGarbage(store, { batchSize: 10 })).deleted.length;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  for (const result of await ends) expect(result).toMatchObject({ status: 0, stderr: '', stdout: '' });
  deleted += (await collectGarbage(store)).deleted.length;
  expect(deleted).toBeGreaterThan(50);
  expect(store.allPaths()).toEqual([]);
  expect(entries(store)).toEqual([]);
  expect(await store.verify({ checkContents: true })).toEqual([]);
});
