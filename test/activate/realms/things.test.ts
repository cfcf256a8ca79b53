/** Users, units, processes, ports and debts: what is read of the host's texts, and what is judged. */
import { describe, expect, test } from 'vitest';
import { accountThings } from '../../../src/activate/realms/drift/accounts.ts';
import { rebootDebts, restartDebts } from '../../../src/activate/realms/drift/debts.ts';
import { judgeDeclared } from '../../../src/activate/realms/drift/declared-files.ts';
import { mountedOver } from '../../../src/activate/realms/drift/mounted-over.ts';
import { parseDeletedMaps, parsePorts, parseUnitOf } from '../../../src/activate/realms/drift/processes.ts';
import { judgeThings, nextInventory, type Thing } from '../../../src/activate/realms/drift/thing.ts';
import { judgeUnit, parseUnits, type UnitContext, type UnitState } from '../../../src/activate/realms/drift/units.ts';
import { Claims } from '../../../src/activate/realms/map/claims.ts';
import { parseStatus } from '../../../src/activate/realms/map/dpkg.ts';
import type { DesiredEntry, Observed } from '../../../src/activate/tree-state.ts';
import { MemoryMachine } from './memory-machine.ts';

const option = { type: 'option', option: 'o', definedIn: 'm.nix' } as const;

describe('declared files', () => {
  const attributes = { mode: 0o644, uid: 0, gid: 0 };
  const wanted: DesiredEntry = {
    path: '/etc/a',
    realm: 'congruent',
    declared: option,
    state: { kind: 'file', digest: 'd', size: 1, source: '/nix/store/x', ...attributes },
  };
  const cases: readonly (readonly [Observed, string | undefined])[] = [
    [{ kind: 'file', digest: 'd', size: 1, ...attributes }, undefined],
    [{ kind: 'file', digest: 'e', size: 1, ...attributes }, 'content'],
    [{ kind: 'file', digest: 'd', size: 1, ...attributes, mode: 0o600 }, 'mode'],
    [{ kind: 'file', digest: 'd', size: 1, ...attributes, gid: 7 }, 'owner'],
    [{ kind: 'absent' }, 'missing'],
    [{ kind: 'directory', entries: [], ...attributes }, 'kind'],
    [{ kind: 'symlink', target: '/x', toFolder: false }, 'kind'],
    [{ kind: 'other', what: 'a mounted file' }, 'mounted-over'],
    [{ kind: 'other', what: 'a device' }, 'kind'],
  ];
  test.each(cases)('%j is %s', (seen, aspect) => {
    const found = judgeDeclared(wanted, seen);
    expect(found?.aspect).toBe(aspect);
    if (found !== undefined) expect(found).toMatchObject({ verdict: 'alarm', realm: 'congruent', owner: option });
  });
});

describe('accounts', () => {
  const host = new MemoryMachine({
    '/etc/passwd':
      'root:x:0:0:root:/root:/bin/bash\nwww:x:33:33::/:/bin/false\npg:x:105:110::/var/lib/pg:/bin/bash\nann:x:1000:1000::/home/ann:/bin/sh\nweb:x:900:900::/:/bin/false\n',
    '/etc/group': 'root:x:0:\nwww:x:33:\nsudo:x:27:ann\n',
    '/etc/shadow': 'root:*:1:\nann:$y$hash:1:\npg::1:\n',
    '/usr/share/base-passwd/passwd.master': 'root:*:0:0::/root:/bin/bash\nwww:*:33:33::/:/bin/false\n',
    '/usr/share/base-passwd/group.master': 'root:*:0:\nwww:*:33:\nsudo:*:27:\n',
    '/var/lib/dpkg/info/postgresql.postinst': 'adduser --system pg\n',
  });
  const status = ['base-passwd', 'postgresql'].map(
    (name) => `Package: ${name}\nStatus: install ok installed\nVersion: 1\n`,
  );
  const packages = parseStatus(status.join('\n'));
  const declared = { name: 'web', declared: option } as never;
  const things = accountThings({ files: host, packages, users: [declared], groups: [], resources: [] });
  const owner = (name: string, type = 'user'): string => {
    const found = things.find((thing) => thing.type === type && thing.name === name)!;
    return `${found.realm} ${'name' in found.owner ? found.owner.name : found.owner.type}`;
  };

  test('belong to base-passwd, to the package whose script makes them, to the generation, or to nobody', () => {
    expect(['root', 'www', 'pg', 'ann', 'web'].map((name) => owner(name))).toEqual([
      'convergent base-passwd',
      'convergent base-passwd',
      'convergent postgresql',
      'unknown nobody',
      'convergent option',
    ]);
    expect(owner('sudo', 'group')).toBe('convergent base-passwd');
  });

  test('say what matters of passwords and groups', () => {
    const facts = (name: string) => things.find((thing) => thing.name === name)!.facts;
    expect(facts('ann')).toMatchObject({ password: 'set', groups: 'sudo' });
    expect(facts('pg')).toMatchObject({ password: 'none' });
    expect(facts('root')).toMatchObject({ password: 'locked' });
  });
});

describe('inventories', () => {
  const thing = (name: string, realm: Thing['realm'], shell: string): Thing => ({
    type: 'user',
    name,
    realm,
    owner: { type: 'nobody' },
    facts: { shell },
  });
  const told = (things: readonly Thing[], before: ReturnType<typeof nextInventory> | undefined): string[] =>
    judgeThings(things, before).map(
      ({ subject, aspect, verdict, found }) => `${subject.name} ${aspect} ${verdict} ${found}`,
    );

  test('nothing is told at the first look', () => {
    expect(told([thing('a', 'unknown', 'sh')], undefined)).toEqual([]);
  });

  test('what nobody answers for is compared with the last look, what is kept with how it was first', () => {
    const first = nextInventory([thing('a', 'unknown', 'sh'), thing('b', 'convergent', 'sh')], undefined, '1');
    const changed = [thing('a', 'unknown', 'zsh'), thing('b', 'convergent', 'zsh')];
    const wanted = ['a changed growth shell=zsh', 'b attributes report shell=zsh'];
    expect(told(changed, first)).toEqual(wanted);
    const second = nextInventory(changed, first, '2');
    expect(told(changed, second)).toEqual(wanted.slice(1));
    expect(told([], second)).toEqual(['a disappeared growth nothing', 'b missing report nothing']);
    const third = nextInventory([], second, '3');
    expect(told([], third)).toEqual(['b missing report nothing']);
    expect(told([thing('c', 'unknown', 'sh')], third)).toEqual([
      'c appeared growth shell=sh',
      'b missing report nothing',
    ]);
  });
});

describe('units', () => {
  const text = `Id=web.service
LoadState=loaded
ActiveState=active
SubState=running
UnitFileState=enabled
FragmentPath=/etc/systemd/system/web.service
DropInPaths=/etc/systemd/system/web.service.d/a.conf /usr/lib/systemd/system/service.d/10.conf
NeedDaemonReload=no
Type=simple
ConditionResult=yes
WantedBy=multi-user.target
RequiredBy=
StateChangeTimestamp=Mon 2026-01-05 10:00:00 UTC
ConditionTimestamp=Mon 2026-01-05 10:00:00 UTC

Id=x.timer
LoadState=masked
`;
  const [web, timer] = parseUnits(text) as [UnitState, UnitState];
  const claims = new Claims();
  claims.add('/etc/systemd/system/web.service', { realm: 'congruent', owner: option });
  claims.add('/usr/lib/systemd/system/shipped.timer', { realm: 'convergent', owner: { type: 'generator', name: 'x' } });
  claims.add('/lib/systemd/system/x.timer', { realm: 'convergent', owner: { type: 'generator', name: 'x' } });
  const context: UnitContext = {
    claims,
    kept: new Map(),
    isMask: (path) => path === '/usr/lib/systemd/system/shipped.timer',
    enabledAtInstall: new Set(['web.service']),
    real: (path) => path,
  };
  const active = new Set(['multi-user.target']);
  const told = (unit: UnitState): string[] =>
    judgeUnit(unit, context, active).map(({ aspect, verdict, found }) => `${aspect} ${verdict} ${found}`);

  test('are read from what systemctl shows', () => {
    expect(web).toMatchObject({ active: 'active', wantedBy: ['multi-user.target'], since: '2026-01-05T10:00:00.000Z' });
    expect(timer).toMatchObject({ load: 'masked' });
  });

  const fine = { ...web, dropIns: [] };
  test.each<readonly [string, UnitState, readonly string[]]>([
    ['fine', fine, []],
    ['a drop-in', web, ['drop-in alarm /etc/systemd/system/web.service.d/a.conf']],
    ['masked', timer, ['masked report ']],
    ['masked by its package', { ...timer, name: 'shipped.timer' }, []],
    ['stopped', { ...fine, active: 'inactive' }, ['stopped alarm inactive']],
    ['stopped, for a condition', { ...fine, active: 'inactive', conditions: false }, []],
    ['ended, as it should', { ...fine, active: 'inactive', type: 'oneshot' }, []],
    ['failed', { ...fine, active: 'failed', sub: 'failed' }, ['failed alarm failed (failed)']],
    ['disabled', { ...fine, enablement: 'disabled' }, ['enablement alarm disabled']],
    ['not reloaded', { ...fine, needsReload: true }, ['not-reloaded alarm a newer file on disk']],
    ['of nobody', { ...web, fragment: '/etc/systemd/system/other.service', active: 'failed' }, []],
  ])('%s', (_, unit, wanted) => {
    expect(told(unit)).toEqual(wanted);
  });
});

describe('processes and ports', () => {
  test('code that is gone from disk', () => {
    const maps = `55d0-55d1 r-xp 00000000 08:01 12 /usr/sbin/nginx (deleted)
7f00-7f01 r--p 00000000 08:01 13 /usr/lib/libc.so (deleted)
7f02-7f03 rwxp 00000000 00:01 14 /memfd:jit (deleted)
7f04-7f05 r-xp 00000000 08:01 15 /usr/lib/libssl.so.3 (deleted)
7f06-7f07 r-xp 00000000 08:01 16 /usr/lib/libz.so.1
`;
    expect(parseDeletedMaps(maps)).toEqual(['/usr/lib/libssl.so.3', '/usr/sbin/nginx']);
  });

  test('units of processes', () => {
    expect(parseUnitOf('0::/system.slice/nginx.service\n')).toBe('nginx.service');
    expect(parseUnitOf('0::/user.slice/user-0.slice/session-1.scope\n')).toBe('session-1.scope');
    expect(parseUnitOf('2:cpu:/\n1:name=systemd:/system.slice/system-getty.slice/getty@tty1.service\n')).toBe(
      'getty@tty1.service',
    );
    expect(parseUnitOf('0::/\n')).toBe('');
  });

  test('listening ports', () => {
    const tcp = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1
   1: 0100007F:1F90 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 112 1
`;
    const tcp6 = `head
   0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 0:0 00:0 0 0 0 113 1
   1: 00000000000000000000000001000000:0277 00000000000000000000000000000000:0000 0A 0:0 00:0 0 0 0 114 1
`;
    expect(parsePorts(tcp, 'tcp')).toEqual([{ name: 'tcp 127.0.0.1:8080', inode: '111' }]);
    expect(parsePorts(tcp6, 'tcp').map(({ name }) => name)).toEqual(['tcp [::]:80', 'tcp [::1]:631']);
  });

  test('restarts that are due', () => {
    const process = {
      pid: 7,
      name: 'nginx',
      program: '/usr/sbin/nginx',
      deleted: ['/usr/sbin/nginx'],
      unit: 'nginx.service',
      started: 0,
      sockets: [],
    };
    const debts = (one: typeof process, closure?: Set<string>) =>
      restartDebts([one], { claims: new Claims(), real: (path) => path, closure }).map(({ subject, found, remedy }) => [
        subject.name,
        found,
        remedy,
      ]);
    expect(debts(process)).toEqual([
      ['nginx (7, nginx.service)', '/usr/sbin/nginx, replaced or deleted', 'systemctl restart nginx.service'],
    ]);
    expect(debts({ ...process, deleted: ['/home/ann/tool'] })).toEqual([]);
    const store = `/nix/store/${'a'.repeat(32)}-web`;
    const served = { ...process, program: `${store}/bin/web`, deleted: [] };
    expect(debts(served, new Set([store]))).toEqual([]);
    expect(debts(served, new Set())[0]![1]).toBe(`${store}, which is not of the current generation`);
  });

  test('reboots that are due', () => {
    expect(rebootDebts({ running: '6.1', installed: ['6.1'], required: undefined })).toEqual([]);
    expect(rebootDebts({ running: '6.1', installed: ['6.2'], required: undefined })).toMatchObject([
      { expected: 'kernel 6.2' },
    ]);
    expect(rebootDebts({ running: '6.1', installed: [], required: ['libc6'] })).toMatchObject([
      { found: 'a reboot is asked for by libc6' },
    ]);
  });
});

test('a mount that hides what is declared is told; an empty folder of a package is there for it', () => {
  const claims = new Claims();
  const owner = { type: 'package', name: 'base-files', version: '1', declared: false } as const;
  claims.add('/mnt', { realm: 'convergent', owner, expected: {} });
  claims.add('/usr/bin/ls', { realm: 'convergent', owner, expected: { md5: 'x' } });
  claims.add('/etc/web/a', { realm: 'congruent', owner: option });
  const at = (place: string) => ({ device: '1:1', root: '/', place, type: 'tmpfs', source: 'none', options: [] });
  const found = mountedOver(['/', '/mnt', '/usr/bin/ls', '/etc/web', '/srv'].map(at), claims, new Set());
  expect(found.map(({ subject, realm }) => `${subject.name} ${realm}`)).toEqual([
    '/usr/bin/ls convergent',
    '/etc/web congruent',
  ]);
  expect(mountedOver([at('/etc/web')], claims, new Set(['/etc/web']))).toEqual([]);
});
