import * as fs from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesOf } from '../../src/base/bytes.ts';
import { hashBytes, NarWriter, withPrefix } from '../../src/formats/index.ts';
import { dumpNarSync, hashPath, removeTree, restoreNar, restoreNarSync, scanTree } from '../../src/store/index.ts';
import { TreeRecorder } from '../../src/store/local/tree-recorder.ts';
import { giveEvent } from '../../src/store/local/tree-sink.ts';
import { TreeWriter } from '../../src/store/local/tree-writer.ts';
import { narEvents, type Tree, tree } from '../support/format-arbitraries.ts';
import { entries, type Files, scratchFolder, scratchStore, writeFiles } from './support.ts';

/** The tree on disk, made with nothing of what is tested. */
function writeTree(path: Buffer, node: Tree): void {
  if (node.type === 'symlink') fs.symlinkSync(bytesOf(node.target), path);
  else if (node.type === 'file') fs.writeFileSync(path, node.bytes, { mode: node.executable ? 0o755 : 0o644 });
  else {
    fs.mkdirSync(path);
    for (const [name, child] of node.entries) writeTree(Buffer.concat([path, bytesOf(`/${name}`)]), child);
  }
}

function narOf(node: Tree): Buffer {
  const chunks: Uint8Array[] = [];
  const writer = new NarWriter((chunk) => chunks.push(chunk));
  for (const event of narEvents(node)) writer.write(event);
  writer.finish();
  return Buffer.concat(chunks);
}

function dump(path: string): Buffer {
  const chunks: Buffer[] = [];
  dumpNarSync(path, (chunk) => chunks.push(Buffer.from(chunk)));
  return Buffer.concat(chunks);
}

async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** `path mode size-or-target` of everything in a tree, with times other than the store's marked. */
function listing(path: string): string[] {
  const state = fs.lstatSync(path);
  const time = state.mtimeMs === 1000 ? '' : ` at ${state.mtimeMs}`;
  const mode = (state.mode & 0o7777).toString(8);
  if (state.isSymbolicLink()) return [`${fs.readlinkSync(path)}${time}`];
  if (state.isFile()) return [`${mode} ${fs.readFileSync(path, 'latin1')}${time}`];
  const below = fs
    .readdirSync(path)
    .sort()
    .flatMap((name) => listing(join(path, name)).map((line) => `${name}: ${line}`));
  return [`${mode}${time}`, ...below];
}

describe('a tree on disk', () => {
  test('has the archive that its events make, whatever its names', () => {
    const folder = scratchFolder();
    fc.assert(
      fc.property(tree, (node) => {
        const path = join(folder, 'tree');
        writeTree(Buffer.from(path), node);
        const nar = narOf(node);
        expect(dump(path)).toEqual(nar);
        expect(hashPath(path)).toEqual({ hash: hashBytes('sha256', nar), size: nar.length });
        removeTree(path);
      }),
      { numRuns: 60 },
    );
  });

  test('comes back from its archive, cut anywhere', async () => {
    const folder = scratchFolder();
    await fc.assert(
      fc.asyncProperty(tree, fc.integer({ min: 1, max: 100 }), async (node, step) => {
        const path = join(folder, 'tree');
        const nar = narOf(node);
        const pieces = [];
        for (let at = 0; at < nar.length; at += step) pieces.push(nar.subarray(at, at + step));
        await restoreNar(pieces, path);
        expect(dump(path)).toEqual(nar);
        removeTree(path);
      }),
      { numRuns: 40 },
    );
  });

  test('larger than any buffer is read whole', async () => {
    const store = scratchStore();
    const source = join(scratchFolder(), 'large');
    fs.writeFileSync(source, Buffer.alloc(3_000_001, 'abcdefg'));
    const path = store.addPath({ physicalPath: source, name: 'large', ingestion: 'nar' });
    const nar = await collect(store.dumpNar(path));
    expect(nar.equals(dump(source))).toBe(true);
    expect(store.pathInfo(path)?.narSize).toBe(nar.length);
  });

  test('with a socket in it is refused', () => {
    const store = scratchStore();
    const folder = writeFiles(join(scratchFolder(), 'tree'), { a: '' });
    expect(() => store.addPath({ physicalPath: '/dev/null', name: 'a', ingestion: 'nar' })).toThrow(
      expect.objectContaining({ code: 'store/unsupported-file-type' }),
    );
    expect(() => store.addPath({ physicalPath: folder, name: 'a', ingestion: 'flat' })).toThrow(
      expect.objectContaining({ code: 'store/unsupported-file-type' }),
    );
    expect(() => store.addPath({ physicalPath: `${folder}/b`, name: 'a', ingestion: 'nar' })).toThrow(
      expect.objectContaining({ code: 'store/no-such-file' }),
    );
    expect(entries(store)).toEqual([]);
  });
});

describe('adding a tree', () => {
  const files: Files = { b: { executable: '#!' }, a: { deep: { file: 'text' }, link: { link: '../b' } }, empty: {} };
  const canonical = [
    '555',
    'a: 555',
    'a: deep: 555',
    'a: deep: file: 444 text',
    'a: link: ../b',
    'b: 555 #!',
    'empty: 555',
  ];

  test('copies it in canonical form', () => {
    const store = scratchStore();
    const source = writeFiles(join(scratchFolder(), 'tree'), files);
    const before = listing(source);
    const path = store.addPath({ physicalPath: source, name: 'tree', ingestion: 'nar' });
    expect(listing(store.realPath(path))).toEqual(canonical);
    expect(listing(source)).toEqual(before);
    expect(entries(store)).toEqual([path.slice('/nix/store/'.length)]);
    expect(store.addPath({ physicalPath: store.realPath(path), name: 'tree', ingestion: 'nar' })).toBe(path);
  });

  test('works under a mask that takes every bit', () => {
    const store = scratchStore();
    const source = writeFiles(join(scratchFolder(), 'tree'), files);
    const mask = process.umask(0o077);
    try {
      const path = store.addPath({ physicalPath: source, name: 'tree', ingestion: 'nar' });
      expect(listing(store.realPath(path))).toEqual(canonical);
    } finally {
      process.umask(mask);
    }
  });

  test('leaves out what the filter refuses, and asks once for each entry below the root', () => {
    const store = scratchStore();
    const source = writeFiles(join(scratchFolder(), 'tree'), files);
    const asked: string[] = [];
    const path = store.addPath({
      physicalPath: source,
      name: 'tree',
      ingestion: 'nar',
      filter: (path, kind) => {
        asked.push(`${path.slice(source.length)} ${kind}`);
        return !path.endsWith('/deep');
      },
    });
    expect(asked).toEqual(['/a directory', '/a/deep directory', '/a/link symlink', '/b regular', '/empty directory']);
    expect(fs.readdirSync(`${store.realPath(path)}/a`)).toEqual(['link']);
  });

  test('of names that are not UTF-8 keeps them', () => {
    const store = scratchStore();
    const source = join(scratchFolder(), 'tree');
    const name = Buffer.from([0x61, 0xff]);
    fs.mkdirSync(source);
    fs.writeFileSync(Buffer.concat([Buffer.from(`${source}/`), name]), 'x');
    const path = store.addPath({ physicalPath: source, name: 'tree', ingestion: 'nar' });
    expect(fs.readdirSync(store.realPath(path), 'buffer')).toEqual([name]);
  });

  test('of a single file takes its bytes alone when flat', () => {
    const store = scratchStore();
    const source = writeFiles(join(scratchFolder(), 'tree'), files);
    const path = store.addPath({ physicalPath: `${source}/b`, name: 'b', ingestion: 'flat' });
    expect(listing(store.realPath(path))).toEqual(['444 #!']);
    const text = store.addPath({ physicalPath: `${source}/b`, name: 'b', ingestion: 'text', references: [path] });
    expect(text).toBe(store.addText('b', '#!', [path]));
  });

  test('replaces what a crash left at its path', () => {
    const store = scratchStore();
    const source = writeFiles(join(scratchFolder(), 'tree'), files);
    const path = scratchStore().addPath({ physicalPath: source, name: 'tree', ingestion: 'nar' });
    writeFiles(store.realPath(path), { half: 'made' });
    fs.chmodSync(store.realPath(path), 0o555);
    store.addPath({ physicalPath: source, name: 'tree', ingestion: 'nar' });
    expect(listing(store.realPath(path))).toEqual(canonical);
  });
});

test('a recorder that overflows writes the same tree', () => {
  const scratch = scratchFolder();
  fc.assert(
    fc.property(tree, fc.integer({ min: 0, max: 2000 }), (node, limit) => {
      const path = join(scratch, 'tree');
      const recorder = new TreeRecorder(path, limit);
      for (const event of narEvents(node, 7)) giveEvent(recorder, event);
      recorder.materialise();
      expect(dump(path)).toEqual(narOf(node));
      removeTree(path);
    }),
    { numRuns: 40 },
  );
});

test('two names that the file system takes for one are refused, with a word', () => {
  // As on a file system that does not tell upper and lower case apart, where the second name is there already.
  const writer = new TreeWriter(join(scratchFolder(), 'tree'));
  writer.directory();
  writer.entry('a');
  writer.directory();
  writer.end();
  writer.entry('a');
  expect(() => writer.directory()).toThrow(
    expect.objectContaining({ code: 'store/name-collision', hint: expect.stringContaining('lower case') }),
  );
});

test('a large file is hashed on another thread, to the same hash', async () => {
  const place = join(scratchFolder(), 'large');
  fs.writeFileSync(place, Buffer.alloc(40 * 1024 * 1024 + 3, 'some text and more of it'));
  const store = scratchStore();
  const path = store.addPath({ physicalPath: place, name: 'large', ingestion: 'nar' });
  const { narHash, narSize } = store.requireInfo(path);
  expect(store.pathInfo(path)).toMatchObject({ narSize: hashPath(place).size });
  expect(withPrefix(narHash, 'sri')).toBe(withPrefix(hashPath(place).hash, 'sri'));
  expect(narSize).toBe(fs.statSync(place).size + 117);
  const { nar, found } = await scanTree(place, [hashPart]);
  expect([withPrefix(nar.hash, 'sri'), found.size]).toEqual([withPrefix(narHash, 'sri'), 0]);
  const other = await scanTree(writeFiles(scratchFolder(), { [`x${hashPart}`]: 'x' }), [hashPart]);
  expect([...other.found]).toEqual([hashPart]);
});

const hashPart = '1'.repeat(32);

test('an archive in a file is restored at once, or refused', () => {
  const folder = scratchFolder();
  fc.assert(
    fc.property(tree, (node) => {
      const [nar, place] = [join(folder, 'nar'), join(folder, 'tree')];
      fs.writeFileSync(nar, narOf(node));
      const fd = fs.openSync(nar, 'r');
      restoreNarSync(fd, place);
      fs.closeSync(fd);
      expect(dump(place)).toEqual(narOf(node));
      removeTree(place);
      fs.truncateSync(nar, fs.statSync(nar).size - 1);
      const cut = fs.openSync(nar, 'r');
      expect(() => restoreNarSync(cut, place)).toThrow(expect.objectContaining({ code: 'formats/wire-truncated' }));
      fs.closeSync(cut);
      removeTree(place);
    }),
    { numRuns: 20 },
  );
});
