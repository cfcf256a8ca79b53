/** A disk that is full: the switch says so, and nothing was changed. */
import * as fs from 'node:fs';
import { expect, test } from 'vitest';
import { runSync } from '../../src/base/process.ts';
import { makeSystem, scratchDiskFolder, scratchMachine } from './support.ts';

const child = new URL('space-child.ts', import.meta.url).pathname;

/** Runs the child with a small file system, in a mount namespace of its own, at the machine's root. */
function switchOnSmallDisk(mountOptions: string, files: Record<string, string>): Record<string, unknown> {
  const { root: storeRoot, store } = scratchMachine();
  const system = makeSystem(store, { files });
  const root = scratchDiskFolder();
  const words = [process.execPath, '--no-warnings', child, root, storeRoot, system];
  const script = `mount -t tmpfs -o ${mountOptions} none ${root} && exec "$@"`;
  const result = runSync('unshare', ['--mount', '--map-root-user', 'sh', '-c', script, 'sh', ...words]);
  expect(result).toMatchObject({ status: 0, stderr: '' });
  expect(fs.readdirSync(root)).toEqual([]);
  return JSON.parse(result.stdout) as Record<string, unknown>;
}

test('too few bytes are noticed before anything is written', () => {
  const outcome = switchOnSmallDisk('size=2m', { '/etc/motd': 'ours', '/etc/big': 'x'.repeat(3 << 20) });
  expect(outcome).toMatchObject({ code: 'activate/no-space', entries: ['motd'], motd: 'theirs' });
  expect(outcome['message']).toMatch(/^the switch needs 3\.0 MiB at '.*', where 2\.0 MiB are free$|are free/);
});

test('a disk that runs full in the middle is put back as it was', () => {
  const files = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`/etc/file-${index}`, 'text']));
  const outcome = switchOnSmallDisk('nr_inodes=40', { '/etc/motd': 'ours', ...files });
  expect(outcome).toMatchObject({ code: 'activate/no-space', entries: ['motd'], motd: 'theirs' });
});
