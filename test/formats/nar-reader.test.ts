import { describe, expect, test } from 'vitest';
import { encodeStrings, type FormatErrorCode, NarReader } from '../../src/formats/index.ts';
import { expectFormatError } from '../support/expect-format-error.ts';

const file = ['(', 'type', 'regular', 'contents', 'x', ')'];
const entry = (name: string, node: readonly string[] = file): string[] => [
  'entry',
  '(',
  'name',
  name,
  'node',
  ...node,
  ')',
];
const folder = (...entries: string[][]): string[] => ['(', 'type', 'directory', ...entries.flat(), ')'];
const archive = (node: readonly string[]): Buffer => encodeStrings('nix-archive-1', ...node);
const read = (bytes: Uint8Array) => {
  const reader = new NarReader();
  const events = reader.push(bytes);
  reader.finish();
  return events;
};

test('events of a tree', () => {
  const script = ['(', 'type', 'regular', 'executable', '', 'contents', '#!', ')'];
  const link = ['(', 'type', 'symlink', 'target', '/a/b', ')'];
  expect(read(archive(folder(entry('a', folder()), entry('b', script), entry('c', link))))).toEqual([
    { type: 'directory' },
    { type: 'entry', name: 'a' },
    { type: 'directory' },
    { type: 'end' },
    { type: 'entry', name: 'b' },
    { type: 'regular', executable: true, size: 2 },
    { type: 'data', bytes: Buffer.from('#!') },
    { type: 'end' },
    { type: 'entry', name: 'c' },
    { type: 'symlink', target: '/a/b' },
    { type: 'end' },
  ]);
});

test('the contents of a file are not copied', () => {
  const bytes = archive(['(', 'type', 'regular', 'contents', 'y'.repeat(1000), ')']);
  const data = new NarReader().push(bytes).find((event) => event.type === 'data')!;
  expect(data.type === 'data' && data.bytes.buffer === bytes.buffer && data.bytes.length).toBe(1000);
});

describe('each broken rule has its code', () => {
  const nest = (depth: number): string[] => (depth === 0 ? file : folder(entry('d', nest(depth - 1))));
  const cases: [string, FormatErrorCode, readonly string[]][] = [
    ['an entry twice', 'formats/nar-order', folder(entry('a'), entry('a'))],
    ['entries out of order', 'formats/nar-order', folder(entry('b'), entry('a'))],
    ['entries in the order of letters, not of bytes', 'formats/nar-order', folder(entry('a'), entry('B'))],
    ['an empty name', 'formats/nar-name', folder(entry(''))],
    ['the name .', 'formats/nar-name', folder(entry('.'))],
    ['the name ..', 'formats/nar-name', folder(entry('..'))],
    ['a slash in a name', 'formats/nar-name', folder(entry('a/b'))],
    ['NUL in a name', 'formats/nar-name', folder(entry('a\0'))],
    ['a long name', 'formats/wire-too-long', folder(entry('a'.repeat(256)))],
    ['an empty target', 'formats/nar-target', ['(', 'type', 'symlink', 'target', '', ')']],
    ['NUL in a target', 'formats/nar-target', ['(', 'type', 'symlink', 'target', 'a\0', ')']],
    ['a long target', 'formats/wire-too-long', ['(', 'type', 'symlink', 'target', 'a'.repeat(4096), ')']],
    ['a tree too deep', 'formats/nar-depth', nest(64)],
    ['an unknown type', 'formats/nar-token', ['(', 'type', 'socket', ')']],
    ['an unknown tag in a file', 'formats/nar-token', ['(', 'type', 'regular', 'content', 'x', ')']],
    ['an unknown tag in a directory', 'formats/nar-token', ['(', 'type', 'directory', 'file', ')']],
    ['a value for executable', 'formats/nar-token', ['(', 'type', 'regular', 'executable', 'y', 'contents', 'x', ')']],
    ['a long tag', 'formats/wire-too-long', ['(', 'type', 'r'.repeat(33), ')']],
    ['something else than the end of a file', 'formats/nar-token', ['(', 'type', 'regular', 'contents', 'x', 'y']],
    ['more after the end', 'formats/nar-trailing', [...file, 'x']],
    ['less than a tree', 'formats/wire-truncated', file.slice(0, -1)],
  ];
  test.each(cases)('%s', (_, code, node) => {
    expectFormatError(code, () => read(archive(node)));
  });

  test('the deepest tree is read', () => {
    expect(read(archive(nest(63))).filter((event) => event.type === 'directory')).toHaveLength(63);
  });

  test('other files', () => {
    expectFormatError('formats/wire-truncated', () => read(Buffer.alloc(0)));
    expectFormatError('formats/nar-magic', () => read(Buffer.from('\x7fELF'.repeat(20))));
    expectFormatError('formats/nar-magic', () => read(encodeStrings('nix-archive-2', ...file)));
  });

  test('padding that is not zero', () => {
    const bytes = archive(folder(entry('name-1')));
    for (const text of ['entry', 'name-1', 'x']) {
      const damaged = Buffer.from(bytes);
      damaged[bytes.lastIndexOf(text) + text.length] = 1;
      expectFormatError('formats/wire-padding', () => read(damaged));
    }
  });

  test('sizes beyond all reason', () => {
    const bytes = archive(file);
    const size = bytes.indexOf('contents') + 8;
    bytes.writeBigUInt64LE(2n ** 63n, size);
    expectFormatError('formats/wire-integer', () => read(bytes));
    bytes.writeBigUInt64LE(2n ** 52n, size);
    expectFormatError('formats/wire-truncated', () => read(bytes));
  });
});
