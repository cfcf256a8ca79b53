import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { isLocked, lockSync, tryLock } from '../../src/base/file-lock.ts';
import { ended, start } from '../../src/base/process.ts';
import { systemCalls, withoutSystemCalls } from '../../src/base/system-calls.ts';
import { readTempRoots } from '../../src/store/local/temp-roots.ts';
import { absent } from './contract.ts';
import { openStore, scratchFolder, scratchStore } from './support.ts';

const child = new URL('locks-child.ts', import.meta.url).pathname;

async function startHolder(physicalRoot: string): Promise<{ pid: number; kill(): Promise<void> }> {
  const holder = start(process.execPath, [child, physicalRoot, absent], { stdio: ['ignore', 'pipe', 'inherit'] });
  const kill = async (): Promise<void> => {
    if (holder.exitCode !== null || holder.signalCode !== null) return;
    const end = ended(holder, 'holder');
    holder.kill('SIGKILL');
    await end;
  };
  onTestFinished(kill);
  await new Promise((resolve) => holder.stdout!.once('data', resolve));
  return { pid: holder.pid!, kill };
}

test('a lock, and a temporary root, end with their process', async () => {
  const physicalRoot = scratchFolder();
  const store = openStore({ physicalRoot });
  const roots = join(store.stateDir, 'temproots');
  const holder = await startHolder(physicalRoot);
  expect([...readTempRoots(roots)]).toEqual([[absent, new Set([holder.pid])]]);
  const waited: string[] = [];
  const locking = store.lockOutputs([absent], undefined, (path) => waited.push(path));
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(waited).toEqual([store.realPath(absent)]);
  await holder.kill();
  (await locking).release();
  expect(readTempRoots(roots).size).toBe(0);
  expect(fs.readdirSync(roots)).toEqual([]);
  expect(fs.existsSync(`${store.realPath(absent)}.lock`)).toBe(false);
});

test('waiting for a lock can be given up', async () => {
  const store = scratchStore();
  const held = await store.lockOutputs([absent]);
  const waiting = store.lockOutputs([absent], AbortSignal.timeout(100));
  await expect(waiting).rejects.toThrow();
  held.release();
  held.release();
  (await store.lockOutputs([absent])).release();
});

describe.each(['library', 'program'])('by the %s', (way) => {
  beforeEach(() => withoutSystemCalls(way === 'program'));
  afterEach(() => withoutSystemCalls(false));

  test('a removed lock file guards nothing: the next one takes a new one', () => {
    const file = join(scratchFolder(), 'lock');
    const first = lockSync(file);
    expect(isLocked(file)).toBe(true);
    expect(tryLock(file)).toBeUndefined();
    const stale = fs.openSync(file, 'r');
    first.remove();
    expect(fs.readFileSync(stale, 'utf8')).toBe('d');
    fs.closeSync(stale);
    const second = tryLock(file);
    expect(second).toBeDefined();
    expect(fs.readFileSync(file, 'utf8')).toBe('');
    second!.release();
    expect(isLocked(file)).toBe(false);
  });

  test('shared locks go together, and keep an exclusive one out', () => {
    const file = join(scratchFolder(), 'lock');
    const first = lockSync(file, { mode: 'shared' });
    const second = lockSync(file, { mode: 'shared' });
    expect(tryLock(file)).toBeUndefined();
    first.release();
    second.release();
    tryLock(file)!.release();
  });

  test('who cannot have it at once waits until it is free', async () => {
    const file = join(scratchFolder(), 'lock');
    const holder = start('flock', [file, 'sh', '-c', 'echo; sleep 0.3'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const end = ended(holder, 'flock');
    await new Promise((resolve) => holder.stdout!.once('data', resolve));
    expect(isLocked(file)).toBe(true);
    lockSync(file).release();
    await end;
  });
});

test('the library is there', () => {
  expect(systemCalls()).toBeDefined();
});
