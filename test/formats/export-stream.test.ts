import { describe, expect, test } from 'vitest';
import {
  ExportReader,
  encodeInteger,
  encodeString,
  encodeStrings,
  exportObjectEnd,
  exportObjectStart,
  exportStreamEnd,
  type FormatErrorCode,
  parseStorePath,
  type StorePath,
} from '../../src/formats/index.ts';
import { expectFormatError } from '../support/expect-format-error.ts';

const dir = '/nix/store';
const path = parseStorePath(dir, '/nix/store/vxjiwkjkn7x4079qvh1jkl5pn05j2aw0-foo');
const nar = encodeStrings('nix-archive-1', '(', 'type', 'regular', 'contents', 'x', ')');
const object = { path, references: [] as StorePath[], deriver: undefined };
const end = Buffer.from(exportObjectEnd(object));
const stream = [exportObjectStart(), nar, end, exportStreamEnd()];

function read(...parts: readonly Uint8Array[]) {
  const reader = new ExportReader(dir);
  const events = reader.push(Buffer.concat(parts));
  reader.finish();
  return events;
}

test('an object is its archive and then its description', () => {
  expect(read(...stream)).toEqual([{ type: 'nar', bytes: nar }, { type: 'object', object }, { type: 'end' }]);
  expect(read(exportStreamEnd())).toEqual([{ type: 'end' }]);
});

test('the signature of an old stream is passed over', () => {
  const signed = Buffer.concat([end.subarray(0, -8), encodeInteger(1), encodeString('old signature')]);
  expect(read(exportObjectStart(), nar, signed, exportStreamEnd()).map(({ type }) => type)).toEqual([
    'nar',
    'object',
    'end',
  ]);
});

describe('streams that are refused', () => {
  const described = (...parts: readonly Uint8Array[]): Uint8Array[] => [
    exportObjectStart(),
    nar,
    ...parts,
    exportStreamEnd(),
  ];
  const magic = end.subarray(0, 8);
  const cases: [string, FormatErrorCode, readonly Uint8Array[]][] = [
    ['of another kind', 'formats/wire-integer', [Buffer.from('hello, world, this is me')]],
    ['with a number that is neither', 'formats/export-stream', [encodeInteger(2)]],
    ['with another magic number', 'formats/export-stream', described(encodeInteger(1))],
    ['with more after the end', 'formats/export-stream', [...stream, Buffer.from('x')]],
    ['with neither nothing nor a signature', 'formats/export-stream', described(end.subarray(0, -8), encodeInteger(2))],
    ['with too many references', 'formats/export-stream', described(magic, encodeString(path), encodeInteger(2 ** 40))],
    ['with a long string', 'formats/wire-too-long', described(magic, encodeInteger(2 ** 40))],
    ['with a path that is none', 'formats/store-path', described(magic, encodeString('/etc'))],
    [
      'with a reference that is none',
      'formats/store-path',
      described(magic, encodeString(path), encodeInteger(1), encodeString('x')),
    ],
    ['with a broken archive', 'formats/nar-magic', [exportObjectStart(), Buffer.alloc(100)]],
    ['without an end', 'formats/wire-truncated', stream.slice(0, 3)],
    ['without anything', 'formats/wire-truncated', []],
  ];
  test.each(cases)('%s', (_, code, parts) => {
    expectFormatError(code, () => read(...parts));
  });
});
