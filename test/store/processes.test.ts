import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../../src/base/process.ts';
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
