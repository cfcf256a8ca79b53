/** The store after `kill -9` between every two steps of what changes it: see `docs/store-layout.md`. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mapBounded } from '../../src/base/async.ts';
import { type RunResult, run } from '../../src/base/process.ts';
import { openLocalStore } from '../../src/store/index.ts';
import { scratchFolder, writeFiles } from '../store/support.ts';
import { changeStores, pathsLeft } from './store-scenario.ts';

const child = new URL('store-child.ts', import.meta.url).pathname;

function runChild(root: string, sources: string, point: number): Promise<RunResult> {
  // Compiled once for all of the processes.
  const env = { ...process.env, NODE_COMPILE_CACHE: join(root, '../compiled') };
  return run(process.execPath, [child, root, sources, String(point)], { env });
}

/** Whatever is registered is there, whole, and so is everything that it refers to. Returns the number of paths. */
async function checkStore(physicalRoot: string): Promise<number> {
  if (!fs.existsSync(join(physicalRoot, 'nix/var/nix/db/schema'))) return 0;
  const store = openLocalStore({ physicalRoot });
  expect(await store.verify({ checkContents: true })).toEqual([]);
  const count = store.allPaths().length;
  store.close();
  return count;
}

test('between every two steps of open, add, register, copy, export, import, repair, optimise and collect', async () => {
  const root = scratchFolder();
  const sources = writeFiles(join(root, 'sources'), {
    file: 'text',
    bin: { tool: { executable: '#!' }, link: { link: 'tool' } },
  });
  const whole = await runChild(join(root, '0'), sources, 0);
  expect(whole).toMatchObject({ status: 0, stderr: '' });
  const points = Array.from({ length: Number(whole.stdout) }, (_, i) => i + 1);
  expect(points.length).toBeGreaterThan(40);
  await changeStores(join(root, 'again'), sources);
  await changeStores(join(root, 'again'), sources);

  let kills = 0;
  await mapBounded(points, 2, async (point) => {
    const place = join(root, String(point));
    const { signal, status, stdout } = await runChild(place, sources, point);
    // How many paths are committed together depends on the time that they take: a run may have fewer steps.
    if (signal === null) expect([status, Number(stdout) < point]).toEqual([0, true]);
    else kills += 1;
    for (const name of ['a', 'b', 'c']) await checkStore(join(place, name));
    await changeStores(place, sources);
    for (const name of ['a', 'b', 'c'] as const) expect(await checkStore(join(place, name))).toBe(pathsLeft[name]);
  });
  expect(kills).toBeGreaterThan(points.length * 0.9);
}, 600_000);
