/** A switch that is killed, or loses its power, between its steps: the machine is one of its two forms, entirely. */
import { expect } from 'vitest';
import type { StorePath } from '../../../src/formats/index.ts';
import { machineTest, type SystemdMachine } from '../../support/machine/machine.ts';
import { formOf, newForm, oldForm } from './scenario.ts';

/** A point in each part of a switch: the first (or Nth) whose name begins so. */
const points: readonly (readonly [string, number])[] = [
  ['activate/journal written', 1],
  ['activate/prepare ', 3],
  ['activate/prepared', 1],
  ['activate/journal synced', 1], // prepared
  ['activate/units stop', 1],
  ['activate/accounts shadow', 1],
  ['activate/journal synced', 2], // stopped
  ['activate/swap ', 3],
  ['activate/journal synced', 3], // swapped
  ['activate/units read again', 1],
  ['activate/units start', 1],
  ['activate/healthy', 1],
  ['activate/journal synced', 4], // healthy
  ['activate/commit', 1],
  ['activate/committed', 1],
  ['activate/journal synced', 5], // committed
  ['activate/finish ', 2],
];

interface Forms {
  readonly systems: readonly [StorePath, StorePath];
  readonly old: string;
  readonly fresh: string;
}

/** The machine in its old form, and what tells that from the new one. */
async function prepare(machine: SystemdMachine): Promise<Forms> {
  const systems = (await machine.make(oldForm, newForm)) as [StorePath, StorePath];
  await machine.ok('switch', systems[0]);
  await machine.ok('switch', systems[1]);
  const fresh = await formOf(machine);
  await machine.ok('switch', systems[0]);
  const old = await formOf(machine);
  expect(old).not.toBe(fresh);
  return { systems, old, fresh };
}

machineTest(
  'killed between its steps: the next switch goes on, abort goes back',
  async (machine) => {
    const { systems, old, fresh } = await prepare(machine);
    for (const [index, [point, count]] of points.entries()) {
      const at = `${point} ${count}`;
      await machine.switchUntil(systems[1], 'kill', point, count);
      if (index % 2 === 0) {
        const given = await machine.ok('abort');
        const form = await formOf(machine);
        expect([old, fresh], at).toContain(form);
        const number = /generation (\d+) is current/.exec(given)?.[1];
        expect((await machine.sysbuild('status')).stdout, at).toContain(`is generation ${number}`);
        // Once the machine was found well, it goes forward.
        if (index < 12) expect(form, at).toBe(old);
        if (form === fresh) await machine.ok('switch', systems[0]);
      } else {
        await machine.ok('switch', systems[1]);
        expect(await formOf(machine), at).toBe(fresh);
        await machine.ok('switch', systems[0]);
      }
      expect(await formOf(machine), at).toBe(old);
    }
    expect(await machine.sysbuild('status')).toMatchObject({ status: 0 });
  },
  600_000,
);

machineTest(
  'power cut in each part: the machine boots into one form, entirely',
  async (machine) => {
    const { systems, old, fresh } = await prepare(machine);
    const cuts: readonly (readonly [string, number, string])[] = [
      ['activate/prepare ', 3, old],
      ['activate/units stop', 1, old],
      ['activate/swap ', 3, old],
      ['activate/units start', 1, old],
      ['activate/journal synced', 4, fresh],
      ['activate/finish ', 2, fresh],
    ];
    for (const [point, count, expected] of cuts) {
      await machine.switchUntil(systems[1], 'hang', point, count);
      await machine.powerCut();
      await machine.start();
      expect(await formOf(machine), point).toBe(expected);
      const status = await machine.sysbuild('status');
      expect(status, point).toMatchObject({ status: 0 });
      expect(status.stdout).not.toContain('interrupted');
      await machine.ok('switch', systems[0]);
    }
  },
  600_000,
);
