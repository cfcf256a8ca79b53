/** Builds after `kill -9` of whoever runs them: nothing is registered that is not whole, and the next run succeeds. */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mapBounded } from '../../src/base/async.ts';
import { type RunResult, run, start } from '../../src/base/process.ts';
import { openLocalStore, removeTree } from '../../src/store/index.ts';
import { commandLines } from '../support/processes.ts';
import { buildGraph } from './build-scenario.ts';

const child = new URL('build-child.ts', import.meta.url).pathname;
let root: string;
let expected: string;
beforeAll(async () => {
  root = fs.mkdtempSync(join(tmpdir(), 'build-crash-'));
  expected = await buildGraph(join(root, 'whole'), 0, 'none');
});
afterAll(() => {
  removeTree(root);
});

const words = (place: string, seconds: number, mark: string, point: number): string[] => [
  child,
  join(root, place),
  String(seconds),
  mark,
  String(point),
];

function runChild(place: string, point: number): Promise<RunResult> {
  return run(process.execPath, words(place, 0, 'none', point), {
    env: { ...process.env, NODE_COMPILE_CACHE: join(root, 'compiled') },
  });
}

/** Everything that is registered is there, whole. Returns the names of what was left elsewhere. */
async function checkStore(place: string): Promise<string[]> {
  const physicalRoot = join(root, place, 'root');
  if (!fs.existsSync(join(physicalRoot, 'nix/var/nix/db/schema'))) return [];
  const store = openLocalStore({ physicalRoot });
  expect(await store.verify({ checkContents: true })).toEqual([]);
  const known = new Set(store.allPaths().map((path) => path.slice('/nix/store/'.length)));
  // Temporary names, and the lock of a path that became valid just before, stay until a collection removes them.
  const isOurs = (name: string): boolean =>
    known.has(name) || known.has(name.replace(/\.lock$/, '')) || /^\.(links|tmp-.*)$/.test(name);
  const inStore = fs.readdirSync(store.realStoreDir).filter((name) => !isOurs(name));
  const builds = join(store.stateDir, 'builds');
  store.close();
  return [...inStore, ...(fs.existsSync(builds) ? fs.readdirSync(builds) : [])];
}

test('at every point between two steps of a build', async () => {
  const whole = await runChild('points', 0);
  expect(whole).toMatchObject({ status: 0, stderr: '' });
  const names = JSON.parse(whole.stdout) as string[];
  // The first and the last time that each point is passed.
  const points = names.flatMap((name, i) =>
    names.indexOf(name) === i || names.lastIndexOf(name) === i ? [i + 1] : [],
  );
  expect(new Set(names).size).toBeGreaterThan(7);
  await mapBounded(points, 2, async (point) => {
    const place = `point-${point}`;
    expect(await runChild(place, point)).toMatchObject({ signal: 'SIGKILL' });
    await checkStore(place);
    expect(await buildGraph(join(root, place), 0, 'none')).toBe(expected);
    expect(await checkStore(place)).toEqual([]);
    removeTree(join(root, place));
  });
}, 300_000);

/** Kills the process with this mark while a builder of it runs, a moment after it was seen. */
async function killBuilding(place: string, mark: string, moment: number): Promise<void> {
  const victim = start(process.execPath, words(place, 0.3, mark, 0), { stdio: 'ignore' });
  const gone = new Promise((resolve) => victim.once('exit', resolve));
  let seen: string[] = [];
  for (let i = 0; seen.length === 0 && i < 400; i++) {
    await sleep(50);
    seen = builders(mark);
  }
  await sleep(moment);
  victim.kill('SIGKILL');
  await gone;
  expect(seen).not.toEqual([]);
}

const builders = (mark: string): string[] => commandLines().filter((line) => line.includes(`: ${mark};`));

test('with builders running: they end too, and the next run takes over', async () => {
  for (let i = 0; i < 6; i++) {
    const place = `moment-${i}`;
    const mark = `mark-${process.pid}-${i}`;
    await killBuilding(place, mark, 130 * i);
    await checkStore(place);
    // The same graph again: what the victim had put in place without registering it is put there anew.
    await buildGraph(join(root, place), 0.3, mark);
    expect(builders(mark)).toEqual([]);
    expect(await checkStore(place)).toEqual([]);
    removeTree(join(root, place));
  }
}, 300_000);
