/**
 * Kills the real program at system calls, by `strace --inject`: at the N-th call of each kind that changes something on
 * disk. Then nothing may be lost or half made, and the same command must succeed.
 *
 *     node test/crash/inject.ts                 every call of every command (takes long)
 *     KILLS=3 node test/crash/inject.ts         so many of each kind
 */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mapBounded } from '../../src/base/async.ts';
import { type RunResult, run, runSync } from '../../src/base/process.ts';
import { openLocalStore, removeTree } from '../../src/store/index.ts';
import { program } from '../support/program.ts';

/** What changes a disk. Node makes most of them on its own thread, SQLite and the collector too. */
const calls = [
  'openat',
  'write',
  'pwrite64',
  'rename',
  'renameat2',
  'unlink',
  'rmdir',
  'mkdir',
  'symlink',
  'link',
  'chmod',
  'fchmod',
  'utimensat',
  'fsync',
  'fdatasync',
  'syncfs',
  'ftruncate',
  'flock',
] as const;

/** Whether processes may be traced here. */
export function mayTrace(): boolean {
  try {
    return runSync('strace', ['-f', '-qq', '-o', '/dev/null', '-e', 'trace=none', 'true']).status === 0;
  } catch {
    return false;
  }
}

export interface Command {
  readonly name: string;
  /** Before the command that is killed: makes the store that it works on. */
  readonly setUp: (place: string) => Promise<void>;
  readonly words: (place: string) => readonly string[];
  /** How many paths are valid in the end. */
  readonly paths: number;
}

async function sysbuild(place: string, ...words: string[]): Promise<RunResult> {
  const result = await run(program, [...words, '--store', place], { env: environment(place) });
  if (result.status !== 0) throw new Error(`sysbuild ${words.join(' ')}: ${result.stderr}`);
  return result;
}

function environment(place: string): NodeJS.ProcessEnv {
  // One cache of compiled code for all of them: it is not what is tested.
  return { ...process.env, XDG_CACHE_HOME: join(place, '../cache'), HOME: place };
}

/** A tree and a file with a content that it shares. */
function makeSources(place: string): string {
  const source = join(place, 'source');
  fs.mkdirSync(join(source, 'sub'), { recursive: true });
  for (const name of ['a', 'sub/b', 'sub/c']) fs.writeFileSync(join(source, name), 'the same text in all of them');
  fs.symlinkSync('a', join(source, 'link'));
  fs.writeFileSync(join(place, 'file'), 'a file');
  return source;
}

const adding = (place: string): readonly string[] => ['store', 'add', join(place, 'source'), join(place, 'file')];

async function addAll(place: string): Promise<void> {
  makeSources(place);
  await sysbuild(place, ...adding(place));
}

export const commands: readonly Command[] = [
  {
    name: 'add',
    setUp: async (place) => {
      makeSources(place);
      // The store is made before: that is tested elsewhere.
      await sysbuild(place, 'store', 'roots');
    },
    words: adding,
    paths: 2,
  },
  {
    name: 'gc',
    setUp: async (place) => {
      await addAll(place);
      const [path] = openedPaths(place).filter((one) => one.endsWith('-file'));
      fs.symlinkSync(path!, join(place, 'nix/var/nix/gcroots/file'));
    },
    words: () => ['gc'],
    paths: 1,
  },
  { name: 'optimise', setUp: addAll, words: () => ['store', 'optimise'], paths: 2 },
  {
    name: 'import',
    setUp: async (place) => {
      const from = join(place, 'from');
      fs.mkdirSync(from);
      await addAll(from);
      const output = join(place, 'export.tar');
      await sysbuild(from, 'export', ...openedPaths(from), '-o', output);
      await sysbuild(place, 'store', 'roots');
    },
    words: (place) => ['import', join(place, 'export.tar')],
    paths: 2,
  },
];

function openedPaths(place: string): string[] {
  const store = openLocalStore({ physicalRoot: place });
  try {
    return store.allPaths();
  } finally {
    store.close();
  }
}

/** How often the command makes each call. */
async function countCalls(command: Command, folder: string): Promise<Map<string, number>> {
  const place = join(folder, 'counted');
  fs.mkdirSync(place);
  await command.setUp(place);
  const log = join(folder, 'calls');
  const result = await traced(command, place, ['-o', log, '-e', `trace=${calls.join(',')}`]);
  if (result.status !== 0) throw new Error(`${command.name}: ${result.stderr}`);
  // Calls are counted for each thread: those of the main one do nearly all of the work.
  const lines = [...fs.readFileSync(log, 'utf8').matchAll(/^(\d+) +(\w+)\(/gm)].map(([, pid, call]) => ({ pid, call }));
  const byThread = Map.groupBy(lines, ({ pid }) => pid);
  const main = [...byThread.values()].sort((x, y) => y.length - x.length)[0] ?? [];
  return new Map([...Map.groupBy(main, ({ call }) => call!)].map(([call, all]) => [call, all.length]));
}

function traced(command: Command, place: string, options: readonly string[]): Promise<RunResult> {
  const words = ['-f', '-qq', ...options, program, ...command.words(place), '--store', place];
  return run('strace', words, { env: environment(place) });
}

/** Kills at one call; returns whether it came so far. Throws at whatever is not as it should be. */
async function killAt(command: Command, folder: string, call: string, number: number): Promise<boolean> {
  const place = join(folder, `${call}-${number}`);
  fs.mkdirSync(place);
  await command.setUp(place);
  const options = ['-o', '/dev/null', '-e', `trace=${call}`, '-e', `inject=${call}:signal=KILL:when=${number}`];
  const result = await traced(command, place, options);
  await check(place, undefined);
  await sysbuild(place, ...command.words(place));
  await check(place, command.paths);
  removeTree(place);
  return result.signal === 'SIGKILL' || result.status === 137;
}

async function check(physicalRoot: string, paths: number | undefined): Promise<void> {
  const store = openLocalStore({ physicalRoot });
  try {
    const problems = await store.verify({ checkContents: true });
    if (problems.length > 0) throw new Error(`something is wrong: ${JSON.stringify(problems)}`);
    const count = store.allPaths().length;
    if (paths !== undefined && count !== paths) throw new Error(`${count} paths are valid, not ${paths}`);
  } finally {
    store.close();
  }
}

/**
 * @param most kills at each kind of call, spread over all of its occurrences
 * Returns how many kills there were.
 */
export async function killAtCalls(command: Command, most: number): Promise<number> {
  const folder = fs.mkdtempSync(join(tmpdir(), 'sysbuild-inject-'));
  try {
    const counts = await countCalls(command, folder);
    const moments = [...counts].flatMap(([call, count]) => {
      const kills = Math.min(most, count);
      return Array.from({ length: kills }, (_, i) => ({ call, number: Math.ceil((count * (i + 0.7)) / kills) }));
    });
    const killed = await mapBounded(moments, 2, async ({ call, number }) => {
      try {
        return await killAt(command, folder, call, number);
      } catch (error) {
        throw new Error(`${command.name}, killed at ${call} number ${number}`, { cause: error });
      }
    });
    return killed.filter(Boolean).length;
  } finally {
    removeTree(folder);
  }
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const most = Number(process.env['KILLS'] ?? Number.POSITIVE_INFINITY);
  for (const command of commands)
    process.stdout.write(`${command.name}: ${await killAtCalls(command, most)} kills, nothing lost\n`);
}
