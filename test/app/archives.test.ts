/** Archives in all their forms, forges, registries and closures: what evaluation fetches besides files and git. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { archiveUrl, revisionIn, revisionUrl } from '../../src/app/fetch/forges.ts';
import { lookUp } from '../../src/app/fetch/registry.ts';
import { silent } from '../../src/base/events.ts';
import { runSync } from '../../src/base/process.ts';
import { BuildError, unzip } from '../../src/build/index.ts';
import { serveStore } from '../../src/store/index.ts';
import { oracle, oracleTest } from '../support/oracle.ts';
import { open, scratch } from './support.ts';

interface ZipFile {
  readonly name: string;
  readonly content?: string;
  readonly mode?: number;
  readonly stored?: boolean;
}

/** A zip archive as a Unix makes one, of the time 2023-11-14 22:13:20 UTC. */
function zip(files: readonly ZipFile[]): Buffer {
  const time = Buffer.from([0x55, 0x54, 5, 0, 1, 0, 0xf1, 0x53, 0x65]);
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, content = '', mode = 0o100644, stored = false } of files) {
    const data = Buffer.from(content);
    const packed = stored ? data : deflateRawSync(data);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(stored ? 0 : 8, 4);
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), packed]);
    common.writeUInt16LE(time.length, 24);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE((mode << 16) >>> 0, 6);
    rest.writeUInt32LE(at, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x03'), common, rest, Buffer.from(name), time);
    parts.push(local);
    at += local.length;
  }
  const index = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06');
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(index.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, index, end]);
}

const tree: readonly ZipFile[] = [
  { name: 'top/', mode: 0o40755 },
  { name: 'top/plain', content: 'text\n'.repeat(50) },
  { name: 'top/run', content: '#!/bin/sh\n', mode: 0o100755, stored: true },
  { name: 'top/deep/er/file', content: 'below folders that are not listed' },
  { name: 'top/link', content: 'plain', mode: 0o120777 },
];

let folder: string;
const forms = ['.tar', '.tar.gz', '.tar.bz2', '.tar.xz', '.tar.zst', '.zip'];
const archive = (form: string): string => join(folder, `tree${form}`);

/** The same tree in every form. */
beforeAll(() => {
  folder = scratch();
  fs.writeFileSync(archive('.zip'), zip(tree));
  const unpacked = join(folder, 'unpacked');
  unzip(archive('.zip'), unpacked);
  const make = ['set -eu', `cd ${unpacked}`, `tar --mtime=@1700000000 -cf ${archive('.tar')} top`, `cd ${folder}`];
  make.push('gzip -k tree.tar', 'bzip2 -k tree.tar', 'xz -k tree.tar', 'zstd -q tree.tar');
  const { status, stderr } = runSync('sh', ['-c', make.join('\n')]);
  expect(status, stderr).toBe(0);
});

test('a zip archive has files, folders, links and executables', () => {
  const target = join(scratch(), 'out');
  expect(unzip(archive('.zip'), target)).toBe(1700000000);
  expect(fs.readFileSync(join(target, 'top/plain'), 'utf8')).toBe('text\n'.repeat(50));
  expect(fs.statSync(join(target, 'top/run')).mode & 0o100).toBe(0o100);
  expect(fs.readlinkSync(join(target, 'top/link'))).toBe('plain');
  expect(fs.readdirSync(join(target, 'top/deep/er'))).toEqual(['file']);
});

test.each([
  ['../out', 'out of the folder'],
  ['/etc/passwd', 'an absolute path'],
])('a zip archive with %s is refused', (name) => {
  const file = join(scratch(), 'bad.zip');
  fs.writeFileSync(file, zip([{ name, content: 'x' }]));
  expect(() => unzip(file, join(scratch(), 'out'))).toThrow(BuildError);
});

test('a damaged zip archive is an error of the family, never more', () => {
  const whole = zip(tree);
  const place = scratch();
  let count = 0;
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.boolean(), (at, byte, cut) => {
      const bytes = cut ? whole.subarray(0, at) : Buffer.from(whole);
      if (!cut) bytes[at] = byte;
      const file = join(place, `${count}.zip`);
      fs.writeFileSync(file, bytes);
      try {
        unzip(file, join(place, `${count++}`));
      } catch (error) {
        if (!(error instanceof BuildError)) throw error;
      }
    }),
    { numRuns: 300 },
  );
});

describe('trees', () => {
  test('one tree, whatever its form', async () => {
    const { json } = open(scratch());
    const all = forms.map((form) => `(builtins.fetchTarball "file://${archive(form)}")`).join(' ');
    const paths = (await json(`[ ${all} ]`)) as string[];
    expect(new Set(paths).size).toBe(1);
    const info = await json(`(builtins.fetchTree { type = "tarball"; url = "file://${archive('.zip')}"; })`);
    expect(info).toBe(paths[0]);
    expect(
      await json(`(builtins.fetchTree { type = "tarball"; url = "file://${archive('.tar.xz')}"; }).lastModified`),
    ).toBe(1700000000);
  });

  test('what is no archive is refused', async () => {
    const file = join(folder, 'none.tar.gz');
    fs.writeFileSync(file, 'no archive');
    await expect(open(scratch()).json(`builtins.fetchTarball "file://${file}"`)).rejects.toThrow('not known');
  });

  oracleTest('paths and what is told of them are those of the real Nix', async () => {
    fs.utimesSync(join(folder, 'unpacked/top/plain'), 1800000000, 1800000000);
    const cases = [
      ...forms.map((form) => `builtins.fetchTree { type = "tarball"; url = "file://${archive(form)}"; }`),
      `builtins.fetchTree { type = "file"; url = "file://${archive('.zip')}"; }`,
      `builtins.fetchTree "path:${folder}/unpacked/top"`,
    ];
    const shown = `map (x: { p = x.outPath; } // removeAttrs x [ "outPath" ]) [ ${cases.map((one) => `(${one})`).join(' ')} ]`;
    const env = { ...process.env, NIX_REMOTE: `local?root=${scratch()}`, HOME: scratch() };
    const words = ['nix-instantiate', '--eval', '--strict', '--json', '--read-write-mode', '-E', shown];
    const theirs = await oracle(words, { env });
    expect(theirs.status, theirs.stderr).toBe(0);
    expect(await open(scratch()).json(shown)).toEqual(JSON.parse(theirs.stdout));
  });
});

describe('forges', () => {
  const rev = '0123456789012345678901234567890123456789';
  const input = (type: 'github' | 'gitlab' | 'sourcehut', host?: string) => ({ type, owner: 'o', repo: 'r', host });

  test('where archives are', () => {
    expect(archiveUrl(input('github'), rev)).toBe(`https://github.com/o/r/archive/${rev}.tar.gz`);
    expect(archiveUrl(input('sourcehut', 'h'), rev)).toBe(`https://h/o/r/archive/${rev}.tar.gz`);
    expect(archiveUrl(input('gitlab'), rev)).toBe(
      `https://gitlab.com/api/v4/projects/o%2Fr/repository/archive.tar.gz?sha=${rev}`,
    );
  });

  test('which commit a branch is at', () => {
    expect(revisionUrl(input('github'), 'main')).toBe('https://api.github.com/repos/o/r/commits/main');
    expect(revisionIn('github', 'main', `{"sha":"${rev}"}`)).toBe(rev);
    expect(revisionIn('gitlab', 'main', `[{"id":"${rev}"}]`)).toBe(rev);
    const refs = `${'a'.repeat(40)}\trefs/heads/other\n${rev}\trefs/heads/main\n`;
    expect(revisionIn('sourcehut', 'main', refs)).toBe(rev);
  });

  test('answers that say nothing', () => {
    for (const answer of ['', '[]', '{}', 'null', '{"sha":1}', '{"sha":"short"}']) {
      for (const type of ['github', 'gitlab', 'sourcehut'] as const) {
        expect(revisionIn(type, 'main', answer)).toBeUndefined();
      }
    }
  });
});

test('a registry explains names', async () => {
  const home = scratch();
  const registry = join(home, '.config/nix/registry.json');
  fs.mkdirSync(join(home, '.config/nix'), { recursive: true });
  const to = { type: 'path', path: join(folder, 'unpacked/top') };
  fs.writeFileSync(registry, JSON.stringify({ version: 2, flakes: [{ from: { type: 'indirect', id: 'mine' }, to }] }));
  expect(lookUp([registry], { id: 'mine', ref: 'x' })).toEqual({ ...to, ref: 'x' });
  const { json } = open(home);
  expect(await json('builtins.readFile "${builtins.fetchTree "flake:mine"}/run"')).toBe('#!/bin/sh\n');
  await expect(json('builtins.fetchTree "flake:yours"')).rejects.toThrow("cannot find flake 'flake:yours'");
});

test('a closure comes from a cache; a path must be of the kind that was asked for', async () => {
  const theirs = open(scratch());
  const path = (await theirs.json('builtins.toFile "closure" "from afar"')) as string;
  const store = await theirs.evaluation.writeOut([path as never]);
  const cache = await serveStore(store, { port: 0, sink: silent, signal: new AbortController().signal });
  try {
    const settings = { 'experimental-features': 'fetch-closure', 'require-sigs': 'false' };
    const ours = open(scratch(), settings);
    const fetched = (more: string): string =>
      `builtins.readFile (builtins.fetchClosure { fromStore = "${cache.url}"; fromPath = ${path}; ${more} })`;
    expect(await ours.json(fetched(''))).toBe('from afar');
    await expect(ours.json(fetched('inputAddressed = true;'))).rejects.toThrow('is not input-addressed');
  } finally {
    await cache.close();
  }
});
