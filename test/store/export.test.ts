/** Closures as streams and back, in both forms: what goes in comes out, and nothing that is not what it says. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesOf } from '../../src/base/bytes.ts';
import { runSync } from '../../src/base/process.ts';
import {
  exportObjectEnd,
  exportObjectStart,
  exportStreamEnd,
  NarWriter,
  type StorePath,
} from '../../src/formats/index.ts';
import {
  exportStream,
  exportTar,
  hashPath,
  type ImportOptions,
  importClosure,
  type LocalStore,
} from '../../src/store/index.ts';
import { oracle, oracleTest } from '../support/oracle.ts';
import { filledStore, key } from './caches/support.ts';
import { bytesFrom } from './caches/transport-contract.ts';
import { entries, openStore, scratchFolder, scratchStore, writeFiles } from './support.ts';

const trusting: ImportOptions = { keys: new Map(), requireSignatures: false };
const strict: ImportOptions = { keys: new Map() };
const withKey: ImportOptions = { keys: new Map([[key.name, key.publicKey]]) };

async function* pieces(bytes: Uint8Array, size = 10_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const forms = {
  stream: async (store: LocalStore, paths: StorePath[]) => (await bytesFrom(exportStream(store, paths)))!,
  tar: async (store: LocalStore, paths: StorePath[]) => (await bytesFrom(exportTar(store, paths, { keys: [key] })))!,
};

describe.each(Object.entries(forms))('as a %s', (form, exported) => {
  test('a closure comes back the same, cut anywhere', async () => {
    const { store, output, drvPath } = filledStore();
    const bytes = await exported(store, [output, drvPath]);
    expect(bytes.equals(await exported(store, [drvPath, output]))).toBe(true);
    for (const size of [1_000_000, 511]) {
      const other = scratchStore();
      const { paths } = await importClosure(other, pieces(bytes, size), form === 'tar' ? withKey : trusting);
      expect(paths).toEqual(store.closure([output, drvPath]));
      expect(await other.verify({ checkContents: true })).toEqual([]);
      for (const path of paths) {
        const { registrationTime, ultimate, signatures, ...info } = store.requireInfo(path);
        expect(other.requireInfo(path)).toMatchObject({ ...info, ultimate: false });
      }
      expect(other.realisation(drvPath, 'out')?.outPath).toBe(form === 'tar' ? output : undefined);
      expect(entries(other)).toHaveLength(paths.length);
      expect(await importClosure(other, pieces(bytes, size), trusting)).toEqual({ paths: [], known: paths });
    }
  });

  test('what proves itself by its content needs no trust, everything else does', async () => {
    const { store, b, tree, drvPath, output } = filledStore();
    const proven = await bytesFrom(
      form === 'tar' ? exportTar(store, [b, tree, drvPath]) : exportStream(store, [b, tree, drvPath]),
    );
    const other = scratchStore();
    expect((await importClosure(other, pieces(proven!), strict)).paths).toHaveLength(4);
    expect(other.requireInfo(b).contentAddress).toBe(store.requireInfo(b).contentAddress);
    const unproven = await bytesFrom(form === 'tar' ? exportTar(store, [output]) : exportStream(store, [output]));
    const third = scratchStore();
    await expect(importClosure(third, pieces(unproven!), strict)).rejects.toMatchObject({ code: 'store/not-trusted' });
    // Not even those that came before it.
    expect([third.allPaths(), entries(third)]).toEqual([[], []]);
  });

  test('compressed by anybody is understood', async () => {
    const { store, b } = filledStore();
    const bytes = await exported(store, [b]);
    const other = scratchStore();
    expect((await importClosure(other, pieces(zstdCompressSync(bytes)), strict)).paths).toHaveLength(2);
    const xz = Buffer.from(runSync('xz', ['-c'], { input: bytes, encoding: 'latin1' }).stdout, 'latin1');
    expect((await importClosure(scratchStore(), pieces(xz), strict)).paths).toHaveLength(2);
  });

  test('what is damaged anywhere is refused, or gives the same', async () => {
    const { store, b } = filledStore();
    const bytes = await exported(store, [b]);
    const whole = store.closure([b]);
    const other = scratchStore();
    await fc.assert(
      fc.asyncProperty(
        fc.nat(bytes.length - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.boolean(),
        async (at, flip, cut) => {
          const bad = Buffer.from(cut ? bytes.subarray(0, at) : bytes);
          if (!cut) bad[at]! ^= flip;
          const outcome = await importClosure(other, pieces(bad), strict).catch(
            (error: { code: string }) => error.code,
          );
          if (typeof outcome === 'string')
            expect([outcome, other.allPaths()]).toEqual([expect.stringMatching(/^(store|formats)\//), []]);
          else {
            // The flipped bit was one that nothing depends on.
            expect(other.allPaths()).toEqual([...whole].sort());
            expect(await other.verify({ checkContents: true })).toEqual([]);
            for (const path of [...whole].reverse()) fs.rmSync(other.realPath(path), { force: true });
            for (const path of [...whole].reverse()) other.parts.queries.remove(path);
          }
          expect(entries(other)).toEqual([]);
        },
      ),
      { numRuns: 25 },
    );
  });

  test('a path that is damaged here ends it before its end', async () => {
    const { store, a, b } = filledStore();
    fs.chmodSync(store.realPath(a), 0o644);
    fs.writeFileSync(store.realPath(a), 'the text of A');
    await expect(exported(store, [b])).rejects.toMatchObject({ code: 'store/hash-mismatch' });
  });

  test('needs what it refers to', async () => {
    const { store, a, b } = filledStore();
    const bytes = await exported(store, [b]);
    const other = scratchStore();
    other.addText('a', 'the text of a', []);
    expect(await importClosure(other, pieces(bytes), strict)).toEqual({ paths: [b], known: [a] });
  });
});

test('a stream with a path whose reference is missing is refused', async () => {
  const { store, a, b } = filledStore();
  const nar = (await bytesFrom(store.dumpNar(b)))!;
  const bytes = Buffer.concat([exportObjectStart(), nar, exportObjectEnd(store.requireInfo(b)), exportStreamEnd()]);
  const other = scratchStore();
  await expect(importClosure(other, pieces(bytes), strict)).rejects.toMatchObject({
    code: 'store/reference-not-valid',
    details: { path: b, reference: a },
  });
  expect(entries(other)).toEqual([]);
});

test('fixed outputs of older algorithms prove themselves', async () => {
  const { makeFixedOutputPath, hashBytes, noReferences } = await import('../../src/formats/index.ts');
  for (const algorithm of ['sha1', 'sha512', 'md5'] as const) {
    const hash = hashBytes(algorithm, bytesOf('fixed'));
    const path = makeFixedOutputPath('/nix/store', { method: 'flat', hash, name: 'fixed', references: noReferences });
    const chunks: Uint8Array[] = [];
    const writer = new NarWriter((chunk) => chunks.push(chunk.slice()));
    writer.regular(false, 5);
    writer.data(bytesOf('fixed'));
    writer.end();
    writer.finish();
    const end = exportObjectEnd({ path, references: [], deriver: undefined });
    const other = scratchStore();
    const bytes = Buffer.concat([exportObjectStart(), ...chunks, end, exportStreamEnd()]);
    expect((await importClosure(other, pieces(bytes), strict)).paths).toEqual([path]);
    expect(other.requireInfo(path).contentAddress).toMatch(new RegExp(`^fixed:${algorithm}:`));
  }
});

describe('a tar archive', () => {
  test('is one that tar unpacks to the paths themselves', async () => {
    const { store, tree, output } = filledStore();
    const folder = scratchFolder();
    fs.writeFileSync(join(folder, 'export.tar'), await forms.tar(store, [output]));
    expect(runSync('tar', ['-xf', 'export.tar'], { cwd: folder })).toMatchObject({ status: 0, stderr: '' });
    for (const path of [tree, output])
      expect(hashPath(join(folder, path)).hash).toEqual(store.requireInfo(path).narHash);
    const listed = runSync('tar', ['--numeric-owner', '--utc', '-tvf', 'export.tar'], { cwd: folder }).stdout;
    for (const line of listed.trim().split('\n')) expect(line).toMatch(/ 0\/0 .* 1970-01-01 00:00 /);
  });

  test('holds names that are long or not ASCII, and refuses those that it cannot hold', async () => {
    const store = scratchStore();
    const folder = writeFiles(scratchFolder(), {
      'größe ✓': 'x',
      [`${'long'.repeat(50)}`]: { [`${'n'.repeat(200)}`]: 'y' },
    });
    fs.symlinkSync(`${'t'.repeat(150)}/ü`, join(folder, 'link'));
    const path = store.addPath({ physicalPath: folder, name: 'names', ingestion: 'nar' });
    const other = scratchStore();
    await importClosure(other, pieces(await forms.tar(store, [path])), strict);
    expect(other.requireInfo(path).narHash).toEqual(store.requireInfo(path).narHash);
    fs.writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), bytesOf('\xff')]), 'z');
    const bad = store.addPath({ physicalPath: folder, name: 'bytes', ingestion: 'nar' });
    await expect(forms.tar(store, [bad])).rejects.toMatchObject({ code: 'store/export' });
  });

  test('with very many small entries is made without holding them', async () => {
    const store = scratchStore();
    const folder = scratchFolder();
    for (let i = 0; i < 2000; i++) fs.symlinkSync('target', join(folder, `link-${i}`));
    const path = store.addPath({ physicalPath: folder, name: 'links', ingestion: 'nar' });
    const archive = exportTar(store, [path]);
    let size = 0;
    for await (const chunk of archive) size += chunk.length;
    expect(size).toBeGreaterThan(2000 * 512);
  });

  test('may be left in the middle', async () => {
    const { store, output } = filledStore();
    for await (const chunk of exportTar(store, [output])) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
  });

  interface Header {
    name: string;
    type?: string;
    linkname?: string;
    mode?: number;
  }

  /** What becomes of an entry: other members of its header, another text, or nothing at all. */
  type Change = (header: Header, text: string) => (Partial<Header> & { text?: string }) | 'left out';

  /** A tar archive of ours, changed. */
  async function altered(change: Change): Promise<AsyncIterable<Uint8Array>> {
    const { extract, pack } = await import('tar-stream');
    const { store, tree } = filledStore();
    const [archive, result] = [extract(), pack()];
    archive.end(await forms.tar(store, [tree]));
    for await (const entry of archive) {
      const header = entry.header as Header;
      const before = ((await bytesFrom(entry as unknown as AsyncIterable<Uint8Array>)) ?? Buffer.alloc(0)).toString();
      const changed = change(header, before);
      if (changed === 'left out') continue;
      const { text = before, ...rest } = changed;
      const merged = { ...header, ...rest, size: undefined };
      // Only files have a body.
      if (merged.type === 'file') result.entry(merged as never, text);
      else result.entry(merged as never);
    }
    result.finalize();
    return result as unknown as AsyncIterable<Uint8Array>;
  }

  const ofFile =
    (what: Partial<Header> & { text?: string }): Change =>
    ({ name }) =>
      name.includes('a file') ? what : {};
  const tricks: [string, Change][] = [
    ['a path that leads out', ({ name }) => ({ name: name.replace('a file', '../../../../evil') })],
    ['an absolute path', ({ name }) => ({ name: name.replace(/^nix/, '/nix') })],
    [
      'a link in the place of a directory',
      ({ name }) => (/deep\/?$/.test(name) ? { type: 'symlink', linkname: '/etc' } : {}),
    ],
    ['another text', ofFile({ text: 'other' })],
    ['another mode', ofFile({ mode: 0o755 })],
    ['another link', ({ type }) => (type === 'symlink' ? { linkname: '/elsewhere' } : {})],
    ['a missing file', ({ name }) => (name.includes('a file') ? 'left out' : {})],
    ['a device', ofFile({ type: 'character-device' })],
    ['a hard link', ofFile({ type: 'link', linkname: '/etc/passwd' })],
    ['no description', ({ name }) => (name.startsWith('narinfo') ? 'left out' : {})],
    ['no tree', ({ name }) => (name.startsWith('nix') ? 'left out' : {})],
    [
      'a description of another path',
      ({ name }, text) => (name.startsWith('narinfo') ? { text: text.replace(/tree/g, 'twig') } : {}),
    ],
    ['another marker', ({ name }) => (name === 'sysbuild-export' ? { text: '2\n' } : {})],
    ['a stranger', ({ name }) => ({ name: name.replace(/^sysbuild-export/, 'other') })],
  ];

  test.each(tricks)('with %s is refused', async (_, change) => {
    const other = scratchStore();
    const outcome = importClosure(other, await altered(change), trusting);
    await expect(outcome).rejects.toMatchObject({ code: expect.stringMatching(/^(store|formats)\//) });
    expect([other.allPaths(), entries(other)]).toEqual([[], []]);
    expect(fs.existsSync(join(other.realStoreDir, '../../evil'))).toBe(false);
  });

  test('that nobody changed goes through the same hands unharmed', async () => {
    expect((await importClosure(scratchStore(), await altered(() => ({})), trusting)).paths).toHaveLength(1);
  });
});

test('what is no export is refused', async () => {
  for (const bytes of ['', 'x', 'rubbish that is long enough to be something', '\x02\0\0\0\0\0\0\0'])
    await expect(importClosure(scratchStore(), pieces(bytesOf(bytes)), trusting)).rejects.toMatchObject({
      code: 'store/import',
    });
});

describe('the real Nix', () => {
  const nix = (root: string, script: string) => {
    fs.mkdirSync(join(root, 'nix'), { recursive: true });
    return oracle(['--store', join(root, 'nix'), 'sh', '-euc', script]);
  };

  oracleTest('imports what we export, and exports the same', async () => {
    const { store, output, drvPath } = filledStore();
    const root = scratchFolder();
    const bytes = await forms.stream(store, [output, drvPath]);
    fs.writeFileSync(join(root, 'ours'), bytes);
    const script = `nix-store --import < ${root}/ours; nix-store --verify --check-contents; nix-store --export $(nix-store --import < ${root}/ours) > ${root}/theirs`;
    const result = await nix(root, script);
    expect(result, result.stderr).toMatchObject({ status: 0 });
    const theirs = openStore({ physicalRoot: root });
    expect(theirs.allPaths()).toEqual(store.closure([output, drvPath]).sort());
    expect(fs.readFileSync(join(root, 'theirs')).equals(bytes)).toBe(true);
    const other = scratchStore();
    const { paths } = await importClosure(other, fs.createReadStream(join(root, 'theirs')), trusting);
    expect(paths).toHaveLength(5);
    expect(await other.verify({ checkContents: true })).toEqual([]);
  });
});
