/** Sandboxes that outlived their run are ended by the next one; those of runs that live are left alone. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tryLock, tryLockDirectory } from '../../src/base/file-lock.ts';
import { runSync, start } from '../../src/base/process.ts';
import { Scratch } from './support.ts';

let scratch: Scratch;
let folder: string;
beforeEach(() => {
  scratch = new Scratch();
  folder = join(scratch.store.stateDir, 'builds/sysbuild-other');
  fs.mkdirSync(join(folder, '1/build'), { recursive: true });
});
afterEach(() => scratch.remove());

/** A process that holds the folder's lock, as a sandbox does, and no more. */
function holder(): ReturnType<typeof start> {
  const lock = tryLock(join(folder, 'lock'))!;
  const child = start('sleep', ['100'], { stdio: ['ignore', 'ignore', 'ignore', lock.fd] });
  lock.release();
  return child;
}

const identity = (pid: number): string => {
  const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
  return `${pid} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]} ${fs.readlinkSync('/proc/self/ns/pid')}`;
};
const build = async (): Promise<void> => {
  await scratch.build(scratch.derivation({ name: 'next', script: 'echo > $out' }));
};

test('a sandbox of a run that is gone is ended, and its folder removed', async () => {
  const dead = runSync('sh', ['-c', 'echo $$']).stdout.trim();
  fs.writeFileSync(join(folder, 'owner'), `${dead} 1 ${fs.readlinkSync('/proc/self/ns/pid')}`);
  const child = holder();
  const ended = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)));
  await build();
  expect(await ended).toBe('SIGKILL');
  expect(scratch.leftovers()).toEqual([]);
});

test.each([
  ['of a run that lives', (): string => identity(process.ppid)],
  ['of a run elsewhere', (): string => '1 1 pid:[1]'],
  ['of nobody that is known', (): string => ''],
])('a sandbox %s is left alone', async (_, owner) => {
  fs.writeFileSync(join(folder, 'owner'), owner());
  const child = holder();
  await build();
  expect(child.exitCode ?? child.signalCode).toBe(null);
  expect(scratch.leftovers()).toEqual(['sysbuild-other']);
  child.kill('SIGKILL');
});

test('a process id that is used again names another process', async () => {
  const [pid, , namespace] = identity(process.ppid).split(' ');
  fs.writeFileSync(join(folder, 'owner'), `${pid} 1 ${namespace}`);
  const child = holder();
  const ended = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)));
  await build();
  expect(await ended).toBe('SIGKILL');
});

test('a run that cleans up at the same moment is no orphan, though it has the lock file open', async () => {
  const dead = runSync('sh', ['-c', 'echo $$']).stdout.trim();
  fs.writeFileSync(join(folder, 'owner'), `${dead} 1 ${fs.readlinkSync('/proc/self/ns/pid')}`);
  const [cleaning, lock] = [tryLockDirectory(join(folder, '..'))!, tryLock(join(folder, 'lock'))!];
  const other = start('sleep', ['100'], { stdio: ['ignore', 'ignore', 'ignore', cleaning.fd, lock.fd] });
  cleaning.release();
  lock.release();
  await build();
  expect(other.exitCode ?? other.signalCode).toBe(null);
  const ended = new Promise((resolve) => other.once('exit', resolve));
  other.kill('SIGKILL');
  await ended;
  await build();
  expect(scratch.leftovers()).toEqual([]);
});
