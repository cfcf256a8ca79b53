/** What a switch leaves in the ordering journal: each change before it is made, and how it ended. */
import { expect, test } from 'vitest';
import { ChangeJournal, rollback, switchTo } from '../../../src/activate/index.ts';
import { makeSystem, scratchMachine } from '../support.ts';

test('switches, rollbacks and failures are told in order; looking and doing nothing are not', async () => {
  let broken = false;
  const scratch = scratchMachine({
    phases: [
      {
        name: 'services',
        beforeFiles: async () => {},
        afterFiles: async () => {
          if (broken) throw new Error('does not start');
        },
        revert: async () => {},
      },
    ],
  } as never);
  const { machine, store } = scratch;
  const one = makeSystem(store, { files: { '/etc/motd': 'one' } });
  const two = makeSystem(store, { files: { '/etc/motd': 'two' } });
  await switchTo(machine, one);
  await switchTo(machine, one);
  await switchTo(machine, two);
  await rollback(machine);
  const { entries, problems } = new ChangeJournal(machine.layout).read();
  expect(problems).toEqual([]);
  expect(entries.map(({ kind, what }) => `${kind} ${what.replace(/\/nix\/store\/\S+-system/, 'SYSTEM')}`)).toEqual([
    'switch switch to SYSTEM-test: apply begins',
    'switch switch: switched, generation 1 is current',
    'switch switch to SYSTEM-test: apply begins',
    'switch switch: switched, generation 2 is current',
    'switch rollback to SYSTEM-test: apply begins',
    'switch rollback: switched, generation 1 is current',
  ]);
  expect(entries[2]!.details).toMatchObject({ from: { generation: 1 }, to: { system: two } });
  broken = true;
  await switchTo(machine, two).catch(() => {});
  const last = new ChangeJournal(machine.layout).read().entries.slice(6);
  expect(last.map(({ what }) => what.replace(/.*: /, ''))).toEqual([
    'apply begins',
    expect.stringMatching(/^(reverted|failed), generation 1 is current$/),
  ]);
});
