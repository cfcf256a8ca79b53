/** Runs that outlive their caller, wait for a word, or for the next boot. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { ended, start } from '../../../src/base/process.ts';
import type { StorePath } from '../../../src/formats/index.ts';
import type { SystemSpec } from '../../activate/make-system.ts';
import { machineTest, type SystemdMachine } from '../../support/machine/machine.ts';
import { program } from '../../support/program.ts';
import { formOf, newForm, oldForm } from './scenario.ts';

/** Starts sysbuild as somebody with a connection of their own would. */
function caller(machine: SystemdMachine, ...words: string[]) {
  const [command, args] = machine.words([program, ...words, '--root', '/']);
  const child = start(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let output = '';
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (chunk) => void (output += chunk));
  return { child, end: ended(child, command), output: () => output };
}

/** Of the last switch among reports. */
function outcomeOfLast(reports: string): string | undefined {
  const all = JSON.parse(reports) as { verb: string; outcome: string }[];
  return all.filter((run) => run.verb === 'switch').at(-1)?.outcome;
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds()); tries++) {
    if (tries > 150) throw new Error(`it never came about: ${what}`);
    await sleep(100);
  }
}

const pair = async (machine: SystemdMachine, ...more: SystemSpec[]): Promise<[StorePath, StorePath, string]> => {
  const [old, fresh] = (await machine.make(oldForm, newForm, ...more)) as [StorePath, StorePath];
  // There and back: a user that was there once stays, locked.
  for (const system of [old, fresh, old]) await machine.ok('switch', system);
  return [old, fresh, await formOf(machine)];
};

machineTest('a switch that nobody confirms goes back by itself; one that is confirmed stays', async (machine) => {
  const [, fresh, before] = await pair(machine);
  const waits = async () => (await machine.sysbuild('status')).stdout.includes('waits for sysbuild confirm');
  // The connection is lost: the caller is gone, and with it whoever might have confirmed.
  const lost = caller(machine, 'switch', fresh, '--confirm', '6');
  await until('it waits', waits);
  expect(await machine.sh('cat /etc/form')).toBe('new');
  process.kill(-lost.child.pid!, 'SIGKILL');
  await until(
    'it is back',
    async () => (await machine.sh('cat /etc/form; cat /var/lib/sysbuild/confirm.json')) === 'old',
  );
  await until('nobody is at work', async () => !(await machine.sysbuild('status')).stdout.includes('being switched'));
  expect(await formOf(machine)).toBe(before);
  expect(await machine.ok('history')).toContain('reverted');

  const kept = caller(machine, 'switch', fresh, '--confirm', '100');
  await until('it waits', waits);
  expect(await machine.ok('confirm')).toContain('is confirmed');
  expect(await kept.end, kept.output()).toMatchObject({ status: 0 });
  expect(await formOf(machine)).toContain('file new\nservice active new');
  expect(await machine.sysbuild('confirm')).toMatchObject({ status: 1 });
});

machineTest('its caller killed, or its own process, it comes to an end all the same', async (machine) => {
  const slow: SystemSpec = {
    ...newForm,
    name: 'slow',
    units: {
      ...newForm.units,
      'slow.service': '[Service]\nType=oneshot\nExecStart=/bin/sleep 4\nRemainAfterExit=yes\n',
    },
    wanted: [...newForm.wanted!, 'multi-user.target/slow.service'],
  };
  const [old, , before] = await pair(machine, slow);
  const [system] = (await machine.make(slow)) as [StorePath];
  const isSlow = async () => (await machine.state('slow.service')) === 'activating';

  const gone = caller(machine, 'switch', system);
  await until('it is under way', isSlow);
  // Meanwhile a second one is told who is at it, or waits.
  const refused = await machine.sysbuild('switch', old);
  expect(refused).toMatchObject({ status: 75 });
  expect(refused.stderr).toMatch(/is being switched by .*, switch, since/);
  process.kill(-gone.child.pid!, 'SIGKILL');
  await machine.ok('switch', old, '--wait');
  expect(await formOf(machine)).toBe(before);
  expect(JSON.parse(await machine.ok('history', '--json')).map((run: { outcome: string }) => run.outcome)).toEqual(
    expect.arrayContaining(['switched', 'switched', 'switched']),
  );

  const killed = caller(machine, 'switch', system);
  await until('it is under way', isSlow);
  await machine.sh('systemctl kill --kill-whom=main -s KILL "sysbuild-run-*"');
  expect((await killed.end).status).toBe(1);
  await until('it is back', async () => (await formOf(machine)) === before);

  const aborted = caller(machine, 'switch', system);
  await until('it is under way', isSlow);
  process.kill(-aborted.child.pid!, 'SIGINT');
  await until('it is back', async () => (await formOf(machine)) === before);
  await until('it is over', async () => outcomeOfLast(await machine.ok('history', '--json')) === 'reverted');
  expect(aborted.output()).toContain('cleaning up');
});

machineTest('on trial until it boots; staged for the next boot; held back', async (machine) => {
  const [, fresh, before] = await pair(machine);
  expect(await machine.ok('test', fresh)).toContain('is on trial until it boots');
  const after = await formOf(machine);
  expect(after).toContain('file new\nservice active new');
  expect(await machine.ok('status')).toContain('on trial');
  await machine.ok('abort');
  expect(await formOf(machine)).toBe(before);
  await machine.ok('test', fresh);
  await machine.powerCut();
  await machine.start();
  expect(await formOf(machine)).toBe(before);
  expect(await machine.ok('status')).not.toContain('trial');

  await machine.ok('boot', fresh);
  expect((await formOf(machine)).replace(/\nsystem.attached/g, '')).toBe(before);
  await machine.reboot();
  expect(await formOf(machine)).toContain('file new\nservice active new');
  expect(await machine.ok('status')).toContain('is generation 6');
  await machine.ok('rollback');
  expect(await formOf(machine)).toBe(before);

  await machine.sh(
    'systemd-run -q systemd-inhibit --what=shutdown --mode=block --who=Backup --why="in the middle of it" sleep 1000',
  );
  await until('it is held back', async () =>
    (await machine.sh('systemd-inhibit --list --no-legend')).includes('Backup'),
  );
  const held = await machine.sysbuild('switch', fresh);
  expect(held).toMatchObject({ status: 100 });
  expect(held.stdout).toContain('held back by Backup');
  expect(await machine.ok('abort')).toContain('is not taken over by the next boot');
  expect(await formOf(machine)).toBe(before);
  await machine.ok('switch', fresh, '--ignore-inhibitors');
  expect(await formOf(machine)).toContain('file new\nservice active new');
});
