/** A switch of a machine that does not go along: its bus is gone, its disk is full, its administrator has other wishes. */
import { expect } from 'vitest';
import type { StorePath } from '../../../src/formats/index.ts';
import type { SystemSpec } from '../../activate/make-system.ts';
import { machineTest } from '../../support/machine/machine.ts';
import { formOf, newForm, oldForm } from './scenario.ts';

const sleeper = '[Service]\nExecStart=/bin/sleep infinity\n';
const one = (name: string, unit: string, more: Partial<SystemSpec> = {}): SystemSpec => ({
  name,
  units: { 'a.service': unit },
  wanted: ['multi-user.target/a.service'],
  ...more,
});

machineTest('without its message bus', async (machine) => {
  const [old, fresh] = (await machine.make(oldForm, newForm)) as [StorePath, StorePath];
  await machine.ok('switch', old);
  await machine.sh('systemctl stop dbus.socket dbus.service; systemctl mask --runtime dbus.service dbus.socket');
  expect(await machine.sh('busctl list 2>&1 >/dev/null')).not.toBe('');
  await machine.ok('switch', fresh);
  expect(await formOf(machine)).toContain('file new\nservice active new');
});

machineTest('with a full disk: refused or undone, and whole', async (machine) => {
  const big = 'x'.repeat(200_000);
  const [old, fresh] = (await machine.make(oldForm, {
    ...newForm,
    files: { ...newForm.files, '/srv/small/big': big, '/srv/small/big2': big },
  })) as [StorePath, StorePath];
  await machine.sh('mkdir -p /srv/small && mount -t tmpfs -o size=300k tmpfs /srv/small');
  await machine.ok('switch', old);
  const before = await formOf(machine);
  const refused = await machine.sysbuild('switch', fresh);
  expect(refused).toMatchObject({ status: 3 });
  expect(refused.stderr).toContain('/srv/small');
  expect(await formOf(machine)).toBe(before);
  // A disk that fills up while the switch is under way: the place is big enough by its numbers, but has no names left.
  await machine.sh('umount /srv/small; mount -t tmpfs -o size=10m,nr_inodes=3 tmpfs /srv/small; touch /srv/small/f');
  const undone = await machine.sysbuild('switch', fresh);
  expect([3, 5]).toContain(undone.status);
  expect(await formOf(machine)).toBe(before);
  expect(await machine.sysbuild('status')).toMatchObject({ status: 0 });
});

machineTest('units masked by hand stay so; failed ones come back when they are mended', async (machine) => {
  const [first, second, third] = (await machine.make(
    one('first', '[Service]\nExecStart=/bin/false\nType=oneshot\nRemainAfterExit=yes\n'),
    one('second', '[Service]\nExecStart=/bin/true\nType=oneshot\nRemainAfterExit=yes\n'),
    one('third', `${sleeper}Nice=1\n`),
  )) as [StorePath, StorePath, StorePath];
  const broken = await machine.sysbuild('switch', first);
  expect(broken).toMatchObject({ status: 5 });
  expect(broken.stderr).toContain('a.service');
  // Kept all the same, as was asked for.
  expect(await machine.sysbuild('switch', first, '--no-revert')).toMatchObject({ status: 4 });
  expect(await machine.state('a.service')).toBe('failed');
  expect(await machine.ok('switch', second)).toContain('start a.service');
  expect(await machine.state('a.service')).toBe('active');

  await machine.sh('systemctl stop a; rm /etc/systemd/system/a.service; systemctl mask a');
  const skipped = await machine.ok('switch', third);
  expect(await machine.sh('readlink /etc/systemd/system/a.service')).toBe('/dev/null');
  expect(skipped).toContain('is now generation');
  expect(await machine.ok('history', '--json').then((text) => JSON.stringify(JSON.parse(text).at(-1).lines))).toContain(
    'masked by hand',
  );
  await machine.sh('systemctl unmask a');
  await machine.ok('switch', third);
  expect(await machine.state('a.service')).toBe('active');
});

machineTest('users come, go locked, and come back the same', async (machine) => {
  const withUser: SystemSpec = {
    name: 'with',
    users: [{ name: 'ann', group: 'staff', passwordFile: '/root/ann', createHome: true }],
    files: { '/srv/ann': { text: 'hers', user: 'ann' } },
  };
  const [first, without] = (await machine.make(withUser, { name: 'without', users: [] })) as [StorePath, StorePath];
  expect(await machine.sysbuild('switch', first)).toMatchObject({ status: 3 });
  const hash = '$6$abcdefgh$4e0cvEGLKc4YsZBSBvNZ8V4D8C9NTqDnpJlY0OcYtvKWpPrEWzDJBeNdn4nZVNDVfpcfEwPrJuKVPrIFJqLQ6/';
  await machine.sh(`umask 077; printf '%s\\n' '${hash}' >/root/ann`);
  await machine.ok('switch', first);
  const id = await machine.sh('id -u ann');
  expect(await machine.sh('stat -c %u /srv/ann /home/ann | uniq')).toBe(id);
  expect(await machine.sh('cut -d: -f2 /etc/shadow | grep ^.6')).toBe(hash);
  expect(await machine.sh('grep -r "abcdefgh" /nix/store /var/lib/sysbuild/reports | head -n 1')).toBe('');
  await machine.ok('switch', without);
  expect(await machine.sh('passwd -S ann | cut -d" " -f2; chage -l ann | grep -c "Account expires.*1970"')).toBe(
    'L\n1',
  );
  expect(await machine.sh('ls -d /home/ann')).toBe('/home/ann');
  await machine.sh('useradd -u 1500 other');
  expect(await machine.ok('rollback')).toMatch(/unlock +user ann/);
  expect(await machine.sh('id -u ann; passwd -S ann | cut -d" " -f2; id -u other')).toBe(`${id}\nP\n1500`);
  await machine.sh('pwck -qr; grpck -qr');
});

machineTest('refused before anything is changed: units that cannot be read, a plan that is old', async (machine) => {
  const [first, bad, second] = (await machine.make(
    one('first', sleeper),
    one('bad', '[Service]\nExecStart=/no/such/program\n'),
    one('second', `${sleeper}Nice=2\n`),
  )) as [StorePath, StorePath, StorePath];
  await machine.ok('switch', first);
  const pid = await machine.mainPid('a.service');
  const refused = await machine.sysbuild('switch', bad);
  expect(refused).toMatchObject({ status: 3 });
  expect(refused.stderr).toContain('/no/such/program');
  await machine.ok('plan', second, '--out', '/root/plan.json');
  await machine.sh('systemctl stop a');
  const old = await machine.sysbuild('apply', '/root/plan.json');
  expect(old).toMatchObject({ status: 2 });
  expect(old.stderr).toContain('a.service');
  await machine.sh('systemctl start a');
  await machine.ok('apply', '/root/plan.json');
  expect(await machine.mainPid('a.service')).not.toBe(pid);
  expect(await machine.ok('status')).toContain('generation');
});
