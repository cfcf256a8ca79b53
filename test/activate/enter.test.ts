/** Opening a machine: its root, its store read-only, root inside, whoever runs it. */
import * as fs from 'node:fs';
import { expect, test } from 'vitest';
import { type EnterSpec, enterSpec, switchTo } from '../../src/activate/index.ts';
import { runSync } from '../../src/base/process.ts';
import { addTree, makeSystem, scratchMachine } from './support.ts';

/** A static program that every Debian has. */
const program = fs.readFileSync('/sbin/ldconfig');

async function machineWithProgram() {
  const scratch = scratchMachine();
  const sw = addTree(scratch.store, 'sw', { 'bin/ldconfig': { program } });
  const system = makeSystem(scratch.store, { name: 'inside', sw, files: { '/etc/ld.so.conf': '' } });
  await switchTo(scratch.machine, system);
  const spec = (command: readonly string[]): EnterSpec =>
    enterSpec(scratch.machine, {
      command,
      realStoreDir: scratch.store.realStoreDir,
      root: process.geteuid?.() === 0,
    });
  return { ...scratch, spec };
}

test('a program of the system runs, found by name, and sees the machine as its root', async () => {
  const { spec } = await machineWithProgram();
  const { program: bwrap, args } = spec(['ldconfig', '-N', '-X', '-v', '/nix/store']);
  const result = runSync(bwrap, args);
  expect(result).toMatchObject({ status: 0 });
  expect(result.stdout).toContain('/nix/store');
});

test('the root can be written, the store cannot', async () => {
  const { spec, root } = await machineWithProgram();
  const writable = spec(['ldconfig', '-C', '/etc/ld.so.cache']);
  expect(runSync(writable.program, writable.args)).toMatchObject({ status: 0 });
  expect(fs.existsSync(`${root}/etc/ld.so.cache`)).toBe(true);
  const readOnly = spec(['ldconfig', '-C', '/nix/store/cache']);
  expect(runSync(readOnly.program, readOnly.args).stderr).toContain('Read-only file system');
});

test('where nothing was switched yet there is nothing to enter', () => {
  const { machine, store } = scratchMachine();
  expect(() => enterSpec(machine, { command: [], realStoreDir: store.realStoreDir, root: true })).toThrow(
    'no machine was switched at',
  );
});
