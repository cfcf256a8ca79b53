/** Generations on disk: the links that garbage collectors see, and what is told of each. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { switchTo } from '../../src/activate/index.ts';
import { makeSystem, scratchMachine } from './support.ts';

test('each is a link to its system, with who made it, when, and what it is called', async () => {
  const now = new Date('2026-01-02T03:04:05.678Z');
  const { store, machine } = scratchMachine({ now: () => now, by: 'ann (pid 7)' });
  const system = makeSystem(store, { files: { '/etc/a': 'a' } });
  await switchTo(machine, system, { label: 'before the move' });
  expect(machine.generations.list()).toEqual([
    {
      number: 1,
      system,
      current: true,
      createdAt: now.toISOString(),
      createdBy: 'ann (pid 7)',
      label: 'before the move',
    },
  ]);
  expect(fs.readlinkSync(join(machine.layout.profile, 'generation-1'))).toBe(system);
});

test('without the records the links still count, and no number comes twice', async () => {
  const { store, machine } = scratchMachine();
  const go = (text: string) => switchTo(machine, makeSystem(store, { files: { '/etc/a': text } }));
  await go('1');
  await go('2');
  fs.rmSync(machine.layout.generationRecords);
  expect(machine.generations.list().map((entry) => [entry.number, entry.current])).toEqual([
    [1, false],
    [2, true],
  ]);
  expect(await go('3')).toMatchObject({ generation: 3 });
});

test('strangers in the profile folder are not generations', async () => {
  const { store, machine } = scratchMachine();
  await switchTo(machine, makeSystem(store, { files: {} }));
  fs.writeFileSync(join(machine.layout.profile, 'generation-x'), '');
  fs.symlinkSync('generation-1', join(machine.layout.profile, 'keep-me'));
  expect(machine.generations.list()).toHaveLength(1);
});

test('a system that went back in time gets a new number', async () => {
  const { store, machine } = scratchMachine();
  const [a, b] = ['a', 'b'].map((text) => makeSystem(store, { name: text, files: { '/etc/a': text } }));
  await switchTo(machine, a!);
  await switchTo(machine, b!);
  expect(await switchTo(machine, a!)).toMatchObject({ outcome: 'switched', generation: 3 });
});
