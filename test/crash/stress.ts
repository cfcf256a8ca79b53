/**
 * Eight processes at once on one store: they add, build, import, optimise, verify and collect, and some are killed in
 * the middle. Nothing that a process needs may go, nothing may be half there, and nobody may hear that it is busy.
 *
 *     SECONDS=240 node test/crash/stress.ts
 */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ended, start } from '../../src/base/process.ts';
import { collectGarbage, openLocalStore, removeTree } from '../../src/store/index.ts';

const child = new URL('stress-child.ts', import.meta.url).pathname;

export interface Stressed {
  /** What the processes did, by kind. */
  readonly done: Readonly<Record<string, number>>;
  readonly kills: number;
}

/** Throws at whatever is not as it should be. */
export async function stress(seconds: number, processes = 8): Promise<Stressed> {
  const folder = fs.mkdtempSync(join(tmpdir(), 'sysbuild-stress-'));
  const until = Date.now() + seconds * 1000;
  const done: Record<string, number> = {};
  let kills = 0;
  try {
    const workers = Array.from({ length: processes }, async (_, number) => {
      for (let round = 0; Date.now() < until; round++) {
        // Every second round of every second process ends in the middle.
        const killed = number % 2 === 1 && round % 2 === 0;
        const end = number % 2 === 1 ? Math.min(until, Date.now() + 4000) : until;
        const counts = await work(folder, number * 1000 + round, end, killed);
        if (killed) kills += 1;
        for (const [what, count] of Object.entries(counts)) done[what] = (done[what] ?? 0) + count;
      }
    });
    for (const result of await Promise.allSettled(workers)) if (result.status === 'rejected') throw result.reason;
    await check(folder);
    return { done, kills };
  } finally {
    removeTree(folder);
  }
}

async function work(folder: string, seed: number, until: number, killed: boolean): Promise<Record<string, number>> {
  const process = start(globalThis.process.execPath, [child, folder, String(seed), String(until)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const end = ended(process, 'stress-child');
  const timer = killed ? setTimeout(() => process.kill('SIGKILL'), 1500 + ((seed * 7919) % 3000)) : undefined;
  let [out, error] = ['', ''];
  process.stdout!.on('data', (text) => (out += text));
  process.stderr!.on('data', (text) => (error += text));
  const { status, signal } = await end;
  clearTimeout(timer);
  if (signal === 'SIGKILL' && killed) return {};
  if (status !== 0 || error !== '') throw new Error(`process ${seed} ended with ${status ?? signal}: ${error}`);
  return JSON.parse(out) as Record<string, number>;
}

/** Afterwards all is whole; and when nobody needs anything any more, nothing is left. */
async function check(physicalRoot: string): Promise<void> {
  const store = openLocalStore({ physicalRoot });
  try {
    const problems = await store.verify({ checkContents: true });
    if (problems.length > 0) throw new Error(`something is wrong: ${JSON.stringify(problems)}`);
    await collectGarbage(store);
    if (store.allPaths().length > 0) throw new Error(`not collected: ${store.allPaths().join()}`);
    const left = fs.readdirSync(store.realStoreDir).filter((name) => name !== '.links');
    if (left.length > 0) throw new Error(`left behind: ${left.join()}`);
  } finally {
    store.close();
  }
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const { done, kills } = await stress(Number(process.env['SECONDS'] ?? 60));
  process.stdout.write(`${JSON.stringify(done)}, ${kills} killed; all is well\n`);
}
