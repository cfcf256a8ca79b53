/** Reading what systemd's programs print. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseInhibitors, parseJobFailures, parseJobs, parseShow } from '../../../src/activate/units/systemd-output.ts';

test('units: by each of their names', () => {
  const text = `Id=dbus.service
Names=dbus.service messagebus.service
LoadState=loaded
ActiveState=active
SubState=running
FragmentPath=/lib/systemd/system/dbus.service
TriggeredBy=dbus.socket other.timer
ExecMainStatus=0
NRestarts=2
StateChangeTimestampMonotonic=123

Id=gone.service
LoadState=not-found
ActiveState=inactive
SubState=dead
`;
  const units = parseShow(text);
  expect([...units.keys()]).toEqual(['dbus.service', 'messagebus.service', 'gone.service']);
  expect(units.get('messagebus.service')).toEqual({
    ...{ name: 'dbus.service', load: 'loaded', active: 'active', sub: 'running', restarts: 2, since: '123' },
    ...{ fragment: '/lib/systemd/system/dbus.service', triggeredBy: ['dbus.socket', 'other.timer'], mainStatus: 0 },
  });
  expect(units.get('gone.service')).toMatchObject({ load: 'not-found', active: 'inactive', triggeredBy: [] });
});

test('failed jobs: each with its reason, or all of them when none is named', () => {
  const text = `Job for f.service failed because the control process exited with error code.
See "systemctl status f.service" and "journalctl -xeu f.service" for details.
A dependency job for g.service failed. See 'journalctl -xe' for details.
Failed to start h.service: Unit h.service not found.
Job for i.service canceled.
`;
  expect(Object.fromEntries(parseJobFailures(text, ['f.service']))).toEqual({
    'f.service': 'failed because the control process exited with error code',
    'g.service': 'something that it needs failed',
    'h.service': 'Unit h.service not found',
    'i.service': 'canceled',
  });
  expect([...parseJobFailures('Access denied\n', ['a.service', 'b.service'])]).toEqual([
    ['a.service', 'Access denied'],
    ['b.service', 'Access denied'],
  ]);
  expect(parseJobFailures('', ['a.service']).get('a.service')).toBe('systemctl gave no reason');
});

test('jobs that are under way', () => {
  expect(parseJobs(' 12 a.service start running\n13 b@1.2.socket stop waiting\n\nNo jobs running.\n')).toEqual([
    { id: '12', unit: 'a.service', type: 'start', state: 'running' },
    { id: '13', unit: 'b@1.2.socket', type: 'stop', state: 'waiting' },
  ]);
});

test('who holds the machine back: only those who hold it back from going down', () => {
  const text = `me too 0 root 90 systemd-inhibit shutdown a b c block
Unattended upgrades 0 root 12 unattended-upgr sleep:shutdown Stop ongoing upgrades block
A player 1000 ann 7 player idle:sleep Playing block
`;
  expect(parseInhibitors(text)).toEqual([
    'me too (root, pid 90): a b c',
    'Unattended upgrades (root, pid 12): Stop ongoing upgrades',
  ]);
});

test('anything is read', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      parseShow(text);
      parseJobs(text);
      parseInhibitors(text);
      expect(parseJobFailures(text, ['a.service']).size).toBeGreaterThan(0);
    }),
  );
});
