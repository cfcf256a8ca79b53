import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bytesOf } from '../../src/base/bytes.ts';
import { systemCalls } from '../../src/base/system-calls.ts';
import { canonicalise, removeTree } from '../../src/store/index.ts';
import { scratchFolder, writeFiles } from './support.ts';

test('an output gets the modes, times and owner of a store', () => {
  const root = writeFiles(join(scratchFolder(), 'out'), {
    bin: { tool: { executable: '#!' } },
    doc: 'text',
    link: { link: 'doc' },
  });
  fs.chmodSync(join(root, 'bin'), 0o700);
  fs.chmodSync(join(root, 'doc'), 0o600);
  fs.chmodSync(join(root, 'bin/tool'), 0o6711);
  expect(canonicalise(root)).toBe(5);
  for (const [path, mode] of [
    ['', 0o40555],
    ['bin', 0o40555],
    ['bin/tool', 0o100555],
    ['doc', 0o100444],
  ] as const) {
    expect(fs.statSync(join(root, path))).toMatchObject({ mode, mtimeMs: 1000, uid: process.geteuid?.() });
  }
  expect(fs.lstatSync(join(root, 'link')).mtimeMs).toBe(1000);
});

/** An attribute of users, as a builder could set it. */
function setAttribute(file: string): void {
  const koffi = createRequire(import.meta.filename)('koffi');
  const set = koffi.load(null).func('int lsetxattr(str path, str name, str value, size_t size, int flags)');
  expect(set(file, 'user.mine', 'value', 5, 0)).toBe(0);
}

const attributesOf = (file: string): string[] =>
  systemCalls()!
    .extendedAttributes(bytesOf(file))
    .filter((name) => name.startsWith('user.'));

test('extended attributes go, of files that are read-only already too', () => {
  const root = writeFiles(join(scratchFolder(), 'out'), { file: 'text', sub: { tool: { executable: '#!' } } });
  const files = [root, join(root, 'file'), join(root, 'sub/tool')];
  for (const file of files) setAttribute(file);
  fs.chmodSync(join(root, 'file'), 0o444);
  expect(files.map(attributesOf)).toEqual([['user.mine'], ['user.mine'], ['user.mine']]);
  canonicalise(root);
  expect(files.map(attributesOf)).toEqual([[], [], []]);
  expect(fs.statSync(join(root, 'file')).mode & 0o777).toBe(0o444);
});

test('directories that nobody may enter are opened', () => {
  const root = writeFiles(join(scratchFolder(), 'out'), { closed: { file: 'x' } });
  fs.chmodSync(join(root, 'closed'), 0);
  canonicalise(root);
  expect(fs.readFileSync(join(root, 'closed/file'), 'utf8')).toBe('x');
});

test('a file with names outside is replaced by a copy; links inside stay', () => {
  const folder = scratchFolder();
  const root = writeFiles(join(folder, 'out'), { mine: 'mine' });
  writeFiles(folder, { theirs: 'theirs' });
  fs.linkSync(join(root, 'mine'), join(root, 'same'));
  fs.linkSync(join(folder, 'theirs'), join(root, 'copied'));
  const before = fs.statSync(join(folder, 'theirs'));
  canonicalise(root);
  const after = fs.statSync(join(folder, 'theirs'));
  expect(after).toMatchObject({ mode: before.mode, mtimeMs: before.mtimeMs, nlink: 1 });
  expect(fs.readFileSync(join(root, 'copied'), 'utf8')).toBe('theirs');
  expect(fs.statSync(join(root, 'copied'))).toMatchObject({ mode: 0o100444, nlink: 1, mtimeMs: 1000 });
  expect(fs.statSync(join(root, 'mine')).ino).toBe(fs.statSync(join(root, 'same')).ino);
  expect(fs.readdirSync(root)).toEqual(['copied', 'mine', 'same']);
});

test('a device or pipe is refused', () => {
  expect(() => canonicalise('/dev/null')).toThrow(expect.objectContaining({ code: 'store/unsupported-file-type' }));
});

test('removing a tree says what became free, and shared files free nothing', () => {
  const folder = scratchFolder();
  const root = writeFiles(join(folder, 'out'), { a: 'x'.repeat(10_000), deep: { b: 'y' } });
  fs.linkSync(join(root, 'a'), join(folder, 'kept'));
  const freed = removeTree(root);
  expect(freed).toBeGreaterThan(0);
  expect(freed).toBeLessThan(10_000);
  expect(fs.existsSync(root)).toBe(false);
  expect(removeTree(root)).toBe(0);
});
