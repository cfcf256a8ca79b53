/** Kinds of resources on real files below a root, and on a host whose programs are played. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ConvergeEntry, ConvergeKind } from '../../../src/activate/index.ts';
import { ChangeableFiles } from '../../../src/activate/realms/converge/disk-files.ts';
import { kinds } from '../../../src/activate/realms/converge/kinds.ts';
import type { World } from '../../../src/activate/realms/converge/resource.ts';
import type { ProgramResult } from '../../../src/activate/realms/drift/programs.ts';
import { putByHand, scratchFolder } from '../support.ts';

interface Host {
  readonly root: string;
  readonly world: World;
  /** Programs that were run. */
  readonly ran: string[];
}

function host(answers: Readonly<Record<string, Partial<ProgramResult>>> = {}, page = 'fine'): Host {
  const root = scratchFolder();
  const ran: string[] = [];
  const world: World = {
    files: new ChangeableFiles(root, join(root, 'aside')),
    run: (program, args) => {
      const words = [program, ...args].join(' ');
      ran.push(words);
      const found = Object.entries(answers).find(([start]) => words.startsWith(start));
      return { status: 0, stdout: '', stderr: '', ...found?.[1] };
    },
    http: async () => ({ status: 200, body: page }),
    known: new Map(),
    isClaimed: (path) => path.endsWith('claimed'),
    facts: () => '{}',
  };
  return { root, world, ran };
}

const make = ({ world }: Host, kind: ConvergeKind, settings: Record<string, unknown>) =>
  kinds[kind](
    { name: 'it', kind, settings, after: [], triggers: [], declared: { option: 'o', definedIn: 'm' } } as ConvergeEntry,
    world,
  );

describe('files', () => {
  test.each<readonly [ConvergeKind, Record<string, unknown>, string]>([
    ['directory', { path: '/srv/it', mode: '0750' }, '/srv/it is missing'],
    ['directory', { path: '/srv/mode', mode: '0700' }, '/srv/mode has the mode 0755 and not 0700'],
    ['directory', { path: '/srv/mode', ensure: 'absent' }, '/srv/mode is there'],
    ['line', { path: '/etc/file', line: 'x' }, "/etc/file: the line 'x' is missing"],
    ['line', { path: '/etc/file', line: 'a=1', ensure: 'absent' }, "/etc/file: the line 'a=1' is there"],
    ['line', { path: '/etc/new', line: 'x', create: true }, '/etc/new is missing'],
    ['key', { path: '/etc/file', key: 'a', value: '2' }, "/etc/file: a is '1' and not '2'"],
    ['key', { path: '/etc/file', key: 'b', value: '2', section: 's' }, '/etc/file: b is not set'],
    ['cron', { schedule: '* * * * *', command: 'date +%s' }, '/etc/cron.d/sysbuild-it is missing'],
  ])('%s %j is found, made so, and then kept', async (kind, settings, finding) => {
    const machine = host();
    putByHand(machine.root, { '/etc/file': 'a=1\n', '/etc/cron.d/other': '' });
    fs.mkdirSync(join(machine.root, 'srv/mode'), { recursive: true });
    const resource = make(machine, kind, settings);
    expect(await resource.check()).toBe(finding);
    await resource.apply();
    expect(await resource.check()).toBeUndefined();
  });

  test('a job of cron has its percent signs escaped and the mode that cron wants', async () => {
    const machine = host();
    putByHand(machine.root, { '/etc/cron.d/other': '' });
    const job = make(machine, 'cron', { schedule: '* * * * *', command: 'date +%s', user: 'ann' });
    await job.apply();
    const place = join(machine.root, 'etc/cron.d/sysbuild-it');
    expect(fs.readFileSync(place, 'utf8')).toMatch(/\n\* \* \* \* \* ann date \+\\%s\n$/);
    fs.chmodSync(place, 0o666);
    expect(await job.check()).toContain('another mode');
  });

  test('an edit keeps mode and other lines', async () => {
    const machine = host();
    putByHand(machine.root, { '/etc/file': 'a=1\n# kept\n' });
    fs.chmodSync(join(machine.root, 'etc/file'), 0o640);
    await make(machine, 'key', { path: '/etc/file', key: 'a', value: 'é' }).apply();
    expect(fs.readFileSync(join(machine.root, 'etc/file'), 'utf8')).toBe('a=é\n# kept\n');
    expect(fs.statSync(join(machine.root, 'etc/file')).mode & 0o777).toBe(0o640);
  });

  test('what is in the way of a folder is left', async () => {
    const machine = host();
    putByHand(machine.root, { '/srv/it': 'theirs' });
    const resource = make(machine, 'directory', { path: '/srv/it' });
    expect(await resource.check()).toContain('is a file and no folder');
    expect(() => resource.apply()).toThrow('is left');
    expect(fs.readFileSync(join(machine.root, 'srv/it'), 'utf8')).toBe('theirs');
  });

  test('a folder that is purged keeps what somebody answers for, and nothing is lost', async () => {
    const machine = host();
    putByHand(machine.root, { '/srv/it/claimed': 'a', '/srv/it/stray': 'b', '/srv/it/tree/in': 'c' });
    const resource = make(machine, 'directory', { path: '/srv/it', purge: true });
    expect(await resource.check()).toBe('nobody answers for /srv/it/stray');
    await resource.apply();
    expect(await resource.check()).toBeUndefined();
    expect(fs.readdirSync(join(machine.root, 'srv/it'))).toEqual(['claimed']);
    const aside = fs.readdirSync(join(machine.root, 'aside')).map((name) => name.replace(/-.*/, ''));
    expect(aside.sort()).toEqual(['stray', 'tree']);
  });
});

describe('programs', () => {
  test('a command sees the facts, and what it says when it fails', async () => {
    const machine = host({ 'env SYSBUILD_FACTS={} false': { status: 3, stderr: 'because' } });
    const resource = make(machine, 'command', { check: ['false', 'x'], apply: ['false'] });
    expect(await resource.check()).toBe("the check 'false x' ended with 3");
    expect(() => resource.apply()).toThrow("'false' ended with 3: because");
  });

  test('a service is unmasked, enabled and started, in this order', async () => {
    const show = 'systemctl show --property=ActiveState,UnitFileState,LoadState';
    const stdout = 'ActiveState=inactive\nUnitFileState=disabled\nLoadState=masked\n';
    const machine = host({ [show]: { stdout } });
    const resource = make(machine, 'service', { unit: 'web.service', state: 'running', enabled: true });
    expect(await resource.check()).toBe('web.service is masked');
    await resource.apply();
    expect(machine.ran.filter((words) => !words.startsWith(show))).toEqual([
      'systemctl unmask web.service',
      'systemctl unmask --runtime web.service',
      'systemctl enable web.service',
      'systemctl reset-failed web.service',
      'systemctl start web.service',
    ]);
  });

  test('a package is installed, and the lists are fetched when that fails', async () => {
    const machine = host({ 'dpkg-query': { status: 1 }, 'apt-get -y': { status: 100, stderr: 'E: Unable to locate' } });
    const resource = make(machine, 'apt', { packages: ['nginx'] });
    expect(await resource.check()).toBe('nginx is not installed');
    expect(() => resource.apply()).toThrow('Unable to locate');
    expect(machine.ran.filter((words) => words.startsWith('apt-get')).map((words) => words.split(' ').at(-1))).toEqual([
      'nginx',
      'update',
      'nginx',
    ]);
  });

  test('what dpkg finds wrong is found, configuration files are left', async () => {
    const verify = '??5?????? c /etc/nginx.conf\n??5??????   /usr/sbin/nginx\nmissing     /usr/share/nginx/a b\n';
    const installed = { 'dpkg-query': { stdout: 'installed 1.0' } };
    const machine = host({ ...installed, 'dpkg --verify': { stdout: verify } });
    expect(await make(machine, 'apt', { package: 'nginx' }).check()).toBe('nginx: /usr/sbin/nginx has another content');
    expect(await make(machine, 'apt', { package: 'nginx', verify: false }).check()).toBeUndefined();
    const other = host({ ...installed, 'dpkg --verify': { stdout: '??5?????? c /etc/nginx.conf\n' } });
    expect(await make(other, 'apt', { package: 'nginx' }).check()).toBeUndefined();
  });

  test('an endpoint', async () => {
    const settings = { url: 'http://localhost/', contains: 'fine', timeout: 0.5 };
    expect(await make(host({}, 'all fine'), 'http', settings).check()).toBeUndefined();
    expect(await make(host({}, 'broken'), 'http', settings).check()).toBe("http://localhost/ answers without 'fine'");
    expect(() => make(host(), 'http', settings).apply()).toThrow('nothing to run');
  });

  test('names in SQL are quoted', async () => {
    const machine = host({ runuser: { stdout: '' } });
    const database = make(machine, 'postgresql-database', { database: `x'"y`, owner: 'ann' });
    expect(await database.check()).toBe(`there is no database x'"y`);
    await database.apply();
    expect(machine.ran[0]).toContain(`datname = 'x''"y'`);
    expect(machine.ran.at(-1)).toContain(`CREATE DATABASE "x'""y" OWNER "ann"`);
  });

  test('a database with tables is left', () => {
    const machine = host({ runuser: { stdout: '3\n' } });
    expect(() => make(machine, 'postgresql-database', { database: 'shop', ensure: 'absent' }).apply()).toThrow(
      'has 3 tables, and is left',
    );
  });

  test('an id in use is not changed', async () => {
    const machine = host();
    putByHand(machine.root, {
      '/etc/passwd': 'ann:x:1000:1000::/home/ann:/bin/sh\n',
      '/etc/group': 'ann:x:1000:\n',
      '/etc/shadow': '',
    });
    const user = make(machine, 'user', { user: 'ann', uid: 1001, shell: '/bin/bash' });
    expect(await user.check()).toBe("ann: the uid is '1000' and not '1001'");
    expect(() => user.apply()).toThrow("its files would be somebody else's");
    expect(() => make(machine, 'group', { group: 'ann', gid: 7 }).apply()).toThrow('has the gid 1000');
    const same = make(machine, 'user', { user: 'ann', uid: 1000, shell: '/bin/bash', locked: false });
    await same.apply();
    expect(machine.ran.at(-1)).toBe('usermod -s /bin/bash -U ann');
  });
});

test('settings that mean nothing are refused with their place', () => {
  const machine = host();
  expect(() => make(machine, 'directory', { path: 'srv' })).toThrow("settings.path is 'srv' and not an absolute path");
  expect(() => make(machine, 'directory', { path: '/srv', moed: '0755' })).toThrow('moed is not a known field');
  expect(() => make(machine, 'directory', { path: '/srv', mode: '9' })).toThrow('no octal mode');
  expect(() => make(machine, 'command', { apply: ['x'] })).toThrow('no `check`');
});
