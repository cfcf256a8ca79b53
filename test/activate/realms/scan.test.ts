/** Both ways to walk a file system see the same; records of `find` are cut where they end; dpkg's database is read. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseExclusions, parseMd5sums, parseStatus } from '../../../src/activate/realms/map/dpkg.ts';
import type { Entry } from '../../../src/activate/realms/map/entry.ts';
import { FindReader } from '../../../src/activate/realms/map/find-records.ts';
import { parseMounts, planWalk } from '../../../src/activate/realms/map/mounts.ts';
import { type Scan, scanByFind, scanByWalk } from '../../../src/activate/realms/map/scan.ts';
import { findProgram } from '../../../src/base/find-program.ts';
import { runSync } from '../../../src/base/process.ts';
import { scratchFolder } from '../support.ts';

async function all(scan: Scan, root: string, prune: readonly string[] = []): Promise<Entry[]> {
  const found: Entry[] = [];
  for await (const batch of scan({ root, start: '/', prune })) found.push(...batch);
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

describe('walking', () => {
  const tree = (): string => {
    const root = scratchFolder();
    fs.mkdirSync(join(root, 'etc/deep/er'), { recursive: true });
    fs.writeFileSync(join(root, 'etc/a file'), 'x'.repeat(1234), { mode: 0o600 });
    fs.writeFileSync(join(root, 'etc/new\nline'), '');
    fs.writeFileSync(Buffer.from(`${root}/etc/\xff\xfe`, 'latin1'), 'not UTF-8');
    fs.symlinkSync('../etc/a file', join(root, 'etc/deep/link'));
    fs.symlinkSync('x'.repeat(200), join(root, 'etc/deep/dangling'));
    fs.mkdirSync(join(root, 'skip [me]/inner'), { recursive: true });
    fs.chmodSync(join(root, 'etc/deep'), 0o1777);
    runSync('mkfifo', [join(root, 'pipe')]);
    return root;
  };
  const plain = ({ path, kind, mode, uid, gid, size, target, changed }: Entry) => ({
    ...{ path, kind, mode, uid, gid, size, target },
    changed: Math.round(changed),
  });

  test('find and we see the same', async () => {
    const root = tree();
    const byFind = await all(scanByFind, root, ['/skip [me]']);
    const byWalk = await all(scanByWalk, root, ['/skip [me]']);
    expect(byFind.map(plain)).toEqual(byWalk.map(plain));
    expect(byFind.map(({ path }) => path)).toEqual([
      '/',
      '/etc',
      '/etc/a file',
      '/etc/deep',
      '/etc/deep/dangling',
      '/etc/deep/er',
      '/etc/deep/link',
      '/etc/new\nline',
      '/etc/\xff\xfe',
      '/pipe',
    ]);
  });

  test('a stamp changes with content, mode and rename, and only then', async () => {
    const root = tree();
    const stamps = async () => new Map((await all(scanByFind, root)).map(({ path, stamp }) => [path, stamp]));
    const before = await stamps();
    expect(await stamps()).toEqual(before);
    const path = join(root, 'etc/a file');
    const { mtime, atime } = fs.statSync(path);
    fs.writeFileSync(path, 'y'.repeat(1234));
    fs.utimesSync(path, atime, mtime);
    const after = await stamps();
    expect(after.get('/etc/a file')).not.toBe(before.get('/etc/a file'));
    expect(after.get('/etc')).toBe(before.get('/etc'));
  });

  test('records may be cut anywhere', () => {
    const name = fc.string({ unit: 'binary-ascii', maxLength: 5 }).map((text) => `/${text.replaceAll('\0', '')}`);
    fc.assert(
      fc.property(fc.array(name), fc.array(fc.nat(200)), (names, cuts) => {
        const text = names.map((one) => `1 2 f 644 0 0 7 1.5 2.5\0${one}\0\0`).join('');
        const reader = new FindReader('/mnt');
        const found: Entry[] = [];
        let at = 0;
        for (const cut of [...cuts.sort((a, b) => a - b), text.length]) {
          if (cut < at || cut > text.length) continue;
          found.push(...reader.read(text.slice(at, cut)));
          at = cut;
        }
        expect(found.map((entry) => entry.path)).toEqual(names.map((one) => (one === '/' ? '/mnt' : `/mnt${one}`)));
        for (const entry of found)
          expect(entry).toMatchObject({ kind: 'file', mode: 0o644, size: 7, changed: 2500, modified: 1500 });
      }),
    );
  });
});

describe('mounts', () => {
  const line = (id: number, device: string, root: string, place: string, type: string): string =>
    `${id} 1 ${device} ${root} ${place} rw,relatime shared:1 - ${type} /dev/${device} rw`;
  const text = [
    line(1, '8:1', '/', '/', 'ext4'),
    line(2, '0:5', '/', '/proc', 'proc'),
    line(3, '8:2', '/', '/srv/my\\040data', 'ext4'),
    line(4, '8:1', '/etc/hosts', '/etc/hosts', 'ext4'),
    line(5, '0:9', '/', '/mnt/far', 'nfs4'),
    line(6, '8:2', '/', '/srv/again', 'ext4'),
    line(7, '0:7', '/', '/sys/fs/cgroup', 'cgroup2'),
  ].join('\n');

  test('each file system is walked once; those of the kernel, of others, and second looks are not', () => {
    const plan = planWalk(parseMounts(text, ''), ['/proc', '/sys'], false);
    expect(plan.starts).toEqual(['/', '/srv/my data']);
    expect(plan.left.map(({ place }) => place)).toEqual(['/etc/hosts', '/mnt/far', '/srv/again']);
    expect(planWalk(parseMounts(text, ''), ['/proc', '/sys'], true).starts).toEqual(['/']);
  });

  test('of a root that is a folder, only what is mounted in it counts', () => {
    expect(parseMounts(text, '/srv').map(({ place }) => place)).toEqual(['/my data', '/again']);
  });
});

describe('dpkg', () => {
  const host = findProgram('dpkg-query') !== undefined && fs.existsSync('/var/lib/dpkg/status');

  test.runIf(host)('the packages are those that dpkg-query names', () => {
    const asked = runSync('dpkg-query', [
      '-W',
      '-f',
      '${db:Status-Status} ${Package} ${Version} ${Architecture}\n',
    ]).stdout;
    const wanted = asked
      .split('\n')
      .filter((line) => line.startsWith('installed '))
      .sort();
    const found = parseStatus(fs.readFileSync('/var/lib/dpkg/status', 'latin1'));
    expect(
      found.map(({ name, version, architecture }) => `installed ${name} ${version} ${architecture}`).sort(),
    ).toEqual(wanted);
    const conffiles = runSync('dpkg-query', ['-W', '-f', '${Conffiles}\n']).stdout;
    const current = conffiles.split('\n').filter((line) => /^ \/\S+ [0-9a-f]{32}$/.test(line)).length;
    expect(found.reduce((sum, { conffiles: { size } }) => sum + size, 0)).toBe(current);
  });

  test('paths that dpkg was told to leave out', () => {
    const excluded = parseExclusions('path-exclude=/usr/share/doc/*\n# x\npath-include /usr/share/doc/*/copyright\n');
    expect(['/usr/share/doc/a/b', '/usr/share/doc/a/copyright', '/usr/bin/a'].map(excluded)).toEqual([
      true,
      false,
      false,
    ]);
  });

  test('no text makes the readers fail', () => {
    fc.assert(fc.property(fc.string(), (text) => parseStatus(text).length + parseMd5sums(text).size >= 0));
  });
});
