/** Debian packages: the ar around them, the tar in them, hostile ones among them. */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { type Header, pack } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runSync } from '../../src/base/process.ts';
import { readAr } from '../../src/build/archive/ar.ts';
import { TarPlan } from '../../src/build/archive/tar-entry.ts';
import { BuildError } from '../../src/build/errors.ts';
import { hashPath } from '../../src/store/index.ts';
import { failing, Scratch } from './support.ts';

type Entry = Partial<Header> & { readonly name: string; readonly body?: string | Uint8Array };

async function tar(entries: readonly Entry[]): Promise<Buffer> {
  const archive = pack();
  for (const { body, ...header } of entries) {
    if (body === undefined) archive.entry({ type: 'file', ...header } as Header).end(null);
    else archive.entry({ type: 'file', ...header } as Header, body);
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function ar(members: readonly (readonly [name: string, content: Uint8Array])[]): Buffer {
  const parts = [Buffer.from('!<arch>\n')];
  for (const [name, content] of members) {
    const fields = [
      name.padEnd(16),
      '0'.padEnd(12),
      '0'.padEnd(6),
      '0'.padEnd(6),
      '100644'.padEnd(8),
      String(content.length).padEnd(10),
    ];
    parts.push(Buffer.from(`${fields.join('')}\`\n`), Buffer.from(content));
    if (content.length % 2 === 1) parts.push(Buffer.from('\n'));
  }
  return Buffer.concat(parts);
}

const version = ['debian-binary', Buffer.from('2.0\n')] as const;
const control = ['control.tar.gz', Buffer.from('not looked at')] as const;
const reading = (bytes: Uint8Array): ReturnType<typeof readAr> =>
  readAr(bytes.length, (offset, length) => bytes.subarray(offset, offset + length));

describe('ar', () => {
  test('members, with and without slashes, of odd and even length', () => {
    const bytes = ar([
      ['a', Buffer.from('odd')],
      ['long-name.xz/', Buffer.from('even')],
      ['empty', Buffer.alloc(0)],
    ]);
    const members = reading(bytes);
    expect(members.map(({ name, size }) => [name, size])).toEqual([
      ['a', 3],
      ['long-name.xz', 4],
      ['empty', 0],
    ]);
    expect(members.map(({ offset, size }) => bytes.subarray(offset, offset + size).toString())).toEqual([
      'odd',
      'even',
      '',
    ]);
  });

  test('damage is told', () => {
    const whole = ar([['a', Buffer.from('content')]]);
    expect(() => reading(Buffer.from('PK\x03\x04'))).toThrow('does not begin');
    expect(() => reading(whole.subarray(0, 70))).toThrow('cut off');
    expect(() => reading(whole.subarray(0, 40))).toThrow('no proper header');
    expect(() => reading(ar([['#1/20', Buffer.from('x')]]))).toThrow('no proper name');
  });

  test('any bytes are read or refused, in little time', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.tuple(fc.nat(200), fc.uint8Array({ minLength: 1, maxLength: 3 })).map(([at, patch]) => {
        const damaged = ar([version, ['data.tar', Buffer.alloc(64)]]);
        damaged.set(patch, Math.min(at, damaged.length - patch.length));
        return damaged;
      }),
    );
    fc.assert(
      fc.property(bytes, (archive) => {
        try {
          for (const { offset, size } of reading(archive)) expect(offset + size).toBeLessThanOrEqual(archive.length);
        } catch (error) {
          expect(error).toBeInstanceOf(BuildError);
        }
      }),
    );
  });
});

test('xz in a process of its own', () => {
  const file = join(fs.mkdtempSync(join(tmpdir(), 'build-xz-')), 'text.xz');
  expect(runSync('sh', ['-c', `echo words | xz > ${file}`]).status).toBe(0);
  const child = new URL('./xz-child.ts', import.meta.url).pathname;
  expect(runSync(process.execPath, [child, file])).toMatchObject({ stderr: '', stdout: 'words\n' });
  fs.rmSync(join(file, '..'), { recursive: true });
});

describe('packages', () => {
  let scratch: Scratch;
  beforeEach(() => {
    scratch = new Scratch();
  });
  afterEach(() => {
    expect(scratch.leftovers()).toEqual([]);
    scratch.remove();
  });

  const unpack = (deb: Uint8Array, kind: 'floating' | 'input-addressed' = 'floating'): Promise<string> => {
    const src = scratch.store.addText('package.deb', deb, []);
    return scratch.out(
      scratch.derivation({
        name: 'package',
        builder: 'builtin:sysbuild-unpack-deb',
        kind,
        sources: [src],
        env: { src },
      }),
    );
  };
  const packed = async (entries: readonly Entry[]): Promise<Buffer> =>
    ar([version, control, ['data.tar', await tar(entries)]]);

  const entries: readonly Entry[] = [
    { name: './', type: 'directory' },
    { name: './usr/', type: 'directory', mode: 0o755 },
    { name: './usr/bin/', type: 'directory' },
    { name: './usr/bin/tool', mode: 0o4755, uid: 1234, mtime: new Date(86400e3), body: '#!/bin/sh\n' },
    { name: './usr/bin/same', type: 'link', linkname: './usr/bin/tool' },
    { name: './usr/bin/alias', type: 'symlink', linkname: 'tool' },
    { name: './etc/left/out/parents', mode: 0o600, body: 'text' },
    { name: './usr/share/caf\u00e9', body: 'umlaut' },
    { name: `./usr/${'long/'.repeat(40)}name`, body: 'long' },
    { name: './absolute', type: 'symlink', linkname: '/etc/passwd' },
  ];

  test('files, modes, links and long names', async () => {
    const out = await unpack(await packed(entries));
    const mode = (name: string): number => fs.lstatSync(join(out, name)).mode & 0o7777;
    expect(fs.readFileSync(join(out, 'usr/bin/tool'), 'utf8')).toBe('#!/bin/sh\n');
    expect([mode('usr/bin/tool'), mode('usr/bin/same'), mode('etc/left/out/parents')]).toEqual([0o555, 0o555, 0o444]);
    expect(fs.readlinkSync(join(out, 'usr/bin/alias'))).toBe('tool');
    expect(fs.readlinkSync(join(out, 'absolute'))).toBe('/etc/passwd');
    expect(fs.readFileSync(join(out, 'usr/share/caf\u00e9'), 'utf8')).toBe('umlaut');
    expect(fs.readFileSync(join(out, `usr/${'long/'.repeat(40)}name`), 'utf8')).toBe('long');
  });

  test('every compression gives the same path', async () => {
    const plain = await tar(entries);
    const xz = runSync('sh', ['-c', 'xz -c | base64 -w0'], { input: plain });
    const forms: [string, Uint8Array][] = [
      ['data.tar', plain],
      ['data.tar.gz', gzipSync(plain)],
      ['data.tar.zst', zstdCompressSync(plain)],
    ];
    if (xz.status === 0 && xz.stdout !== '') forms.push(['data.tar.xz', Buffer.from(xz.stdout, 'base64')]);
    const paths = new Set<string>();
    for (const [name, data] of forms) paths.add(await unpack(ar([version, control, [name, data]])));
    expect(paths.size).toBe(1);
    expect(forms.length).toBe(4);
  });

  test('a package that dpkg-deb made is what dpkg-deb unpacks', async () => {
    const work = fs.mkdtempSync(join(tmpdir(), 'build-deb-'));
    fs.mkdirSync(join(work, 'tree/DEBIAN'), { recursive: true });
    fs.mkdirSync(join(work, 'tree/opt/x y'), { recursive: true });
    fs.writeFileSync(join(work, 'tree/opt/x y/file'), 'content', { mode: 0o755 });
    fs.symlinkSync('../x', join(work, 'tree/opt/x y/link'));
    fs.writeFileSync(
      join(work, 'tree/DEBIAN/control'),
      'Package: x\nVersion: 1\nArchitecture: all\nMaintainer: x <x@x>\nDescription: x\n',
    );
    const built = runSync('dpkg-deb', ['-b', join(work, 'tree'), join(work, 'x.deb')]);
    expect(built.status).toBe(0);
    runSync('dpkg-deb', ['-x', join(work, 'x.deb'), join(work, 'theirs')]);
    const out = await unpack(fs.readFileSync(join(work, 'x.deb')));
    expect(hashPath(out)).toEqual(hashPath(join(work, 'theirs')));
    fs.rmSync(work, { recursive: true });
  });

  test.each([
    ['an absolute path', [{ name: '/etc/passwd', body: 'x' }], 'is an absolute path'],
    ['a way out', [{ name: './a/../../b', body: 'x' }], "leads out of it by '..'"],
    [
      'a link, and a file through it',
      [
        { name: 'l', type: 'symlink', linkname: '/tmp' },
        { name: 'l/x', body: 'x' },
      ],
      "leads through 'l'",
    ],
    [
      'a link, and a folder over it',
      [
        { name: 'l', type: 'symlink', linkname: '/tmp' },
        { name: 'l', type: 'directory' },
      ],
      'twice',
    ],
    [
      'a link, and a file over it',
      [
        { name: 'l', type: 'symlink', linkname: '/tmp/x' },
        { name: 'l', body: 'x' },
      ],
      'twice',
    ],
    ['a hard link to the machine', [{ name: 'l', type: 'link', linkname: '/etc/passwd' }], 'absolute path'],
    [
      'a hard link to a link',
      [
        { name: 's', type: 'symlink', linkname: '/etc/passwd' },
        { name: 'l', type: 'link', linkname: 's' },
      ],
      'no file in it',
    ],
    ['a device', [{ name: 'd', type: 'block-device', devmajor: 8 }], 'is a block-device'],
    ['a pipe', [{ name: 'p', type: 'fifo' }], 'is a fifo'],
    [
      'a file in a file',
      [
        { name: 'f', body: 'x' },
        { name: 'f/g', body: 'x' },
      ],
      "leads through 'f'",
    ],
  ] as [string, Entry[], string][])('refused: %s', async (_, hostile, words) => {
    const error = await failing(unpack(await packed([{ name: 'fine', body: 'fine' }, ...hostile])));
    expect(error.code).toBe('build/unpack-failed');
    expect(error.message).toContain(words);
  });

  test('damaged packages', async () => {
    const whole = await tar(entries);
    const damaged: [Uint8Array, string][] = [
      [Buffer.from('no package'), 'does not begin'],
      [ar([version, control]), "no member 'data.tar'"],
      [ar([control]), "no member 'debian-binary'"],
      [ar([version, ['data.tar.lzma', whole]]), 'compressed in a way that is not known'],
      [ar([version, ['data.tar.gz', gzipSync(whole).subarray(0, 200)]]), 'damaged'],
      [ar([version, ['data.tar.xz', Buffer.from('not xz at all')]]), 'damaged'],
      [ar([version, ['data.tar.zst', Buffer.from('not zstd at all')]]), 'damaged'],
      [ar([version, ['data.tar', whole.subarray(0, 2100)]]), 'damaged'],
    ];
    for (const [deb, words] of damaged) {
      const error = await failing(unpack(deb));
      expect(error.code).toBe('build/unpack-failed');
      expect(error.message).toContain(words);
    }
  });

  test('a source that is no input', async () => {
    const src = scratch.store.addText('package.deb', 'x', []);
    const drvPath = scratch.derivation({ builder: 'builtin:sysbuild-unpack-deb', env: { src } });
    expect((await failing(scratch.build(drvPath))).message).toContain('none of its inputs');
  });
});

test('whatever an archive holds, nothing is planned outside of the folder or through a link', () => {
  const name = fc.string({ unit: fc.constantFrom('a', 'b', '/', '.', '..', './'), maxLength: 6 });
  const header = fc.record({
    name,
    linkname: name,
    mode: fc.nat(0o7777),
    type: fc.constantFrom('file', 'directory', 'symlink', 'link', 'fifo', 'contiguous-file'),
  });
  fc.assert(
    fc.property(fc.array(header, { maxLength: 8 }), (headers) => {
      const plan = new TarPlan();
      const made = new Map([['', 'directory']]);
      try {
        for (const one of headers) {
          for (const action of plan.next(one)) {
            if (action.kind === 'nothing') continue;
            expect(action.path).not.toMatch(/(^|\/)(\.\.?)?(\/|$)/);
            const parent = action.path.slice(0, Math.max(0, action.path.lastIndexOf('/')));
            expect(made.get(parent)).toBe('directory');
            expect(made.has(action.path)).toBe(false);
            if (action.kind === 'hardlink') expect(made.get(action.existing)).toBe('file');
            made.set(action.path, action.kind === 'hardlink' ? 'file' : action.kind);
          }
        }
      } catch (error) {
        if (!(error instanceof BuildError)) throw error;
      }
    }),
    { numRuns: 500 },
  );
});
