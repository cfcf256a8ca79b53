/** Overrides on a machine with systemd: a timer ends them, units come back as they were. */
import { expect } from 'vitest';
import type { SystemSpec } from '../../activate/make-system.ts';
import { machineTest } from '../../support/machine/machine.ts';

const system: SystemSpec = {
  name: 'site',
  files: { '/etc/motd': 'declared\n' },
  units: { 'site.service': '[Service]\nExecStart=/bin/sleep infinity\n' },
  wanted: ['multi-user.target/site.service'],
};

machineTest(
  'a file and a unit are overridden for a time, and are then as before',
  async (machine) => {
    const [path] = await machine.make(system);
    await machine.ok('switch', path!);

    expect(await machine.ok('override', '/etc/motd', '--for', '1h', '--reason', 'gate 7 is closed')).toContain(
      'by systemd',
    );
    expect(await machine.state('sysbuild-override-1.timer')).toBe('active');
    await machine.sh('echo edited >/etc/motd');
    await machine.ok('override', 'site.service', '--for', '1h', '--reason', 'it leaks');
    await machine.sh('mkdir -p /etc/systemd/system/site.service.d');
    await machine.sh('printf "[Service]\\nNice=5\\n" >/etc/systemd/system/site.service.d/nice.conf');
    await machine.sh('systemctl daemon-reload; systemctl stop site.service');

    // Both are emergencies that are known: no alarm.
    const drift = await machine.sysbuild('drift', '--no-resources');
    expect(drift.status, drift.stdout).not.toBe(8);
    expect(await machine.ok('override', 'list')).toMatch(
      /1: \/etc\/motd .*gate 7 is closed\n.*2: site\.service .*it leaks/,
    );
    expect((await machine.sysbuild('status')).stdout).toContain('it leaks');

    // The timer's own command, now.
    await machine.sh('systemctl start --wait sysbuild-override-1.service');
    expect(await machine.sh('cat /etc/motd')).toBe('declared');
    await machine.ok('override', 'end', '2');
    expect(await machine.state('site.service')).toBe('active');
    expect(await machine.sh('ls /etc/systemd/system/site.service.d 2>/dev/null')).toBe('');
    expect(await machine.sh('systemctl list-timers --all --no-legend "sysbuild-override-*"')).toBe('');
    expect(await machine.ok('override', 'list')).toBe('');
    expect(await machine.ok('journal', '--verify')).toContain('an unbroken chain');
  },
  600_000,
);
