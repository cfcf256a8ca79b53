import { expect, test } from 'vitest';
import { InternalError } from '../../src/base/errors.ts';
import { encodeStrings, NarWriter } from '../../src/formats/index.ts';
import { expectFormatError } from '../support/expect-format-error.ts';

function writer() {
  const chunks: Uint8Array[] = [];
  return { nar: new NarWriter((chunk) => chunks.push(chunk)), chunks };
}

test('a file is what the grammar says', () => {
  const { nar, chunks } = writer();
  nar.regular(false, 5);
  nar.data(Buffer.from('he'));
  nar.data(Buffer.from('llo'));
  nar.end();
  nar.finish();
  const wanted = encodeStrings('nix-archive-1', '(', 'type', 'regular', 'contents', 'hello', ')');
  expect(Buffer.concat(chunks)).toEqual(wanted);
});

test('large contents are given out as they came, small ones gathered', () => {
  const { nar, chunks } = writer();
  const large = Buffer.alloc(100_000, 'x');
  nar.directory();
  for (let i = 0; i < 50; i++) {
    nar.entry(`f${String(i).padStart(3, '0')}`);
    nar.regular(i % 2 === 0, 3);
    nar.data(Buffer.from('abc'));
    nar.end();
  }
  nar.entry('g');
  nar.regular(false, large.length);
  nar.data(large);
  nar.end();
  nar.end();
  nar.finish();
  expect(chunks.map((chunk) => chunk === large)).toEqual([false, true, false]);
});

test('a file that changed while it was read is refused', () => {
  const grown = writer().nar;
  grown.regular(false, 1);
  expectFormatError('formats/nar-write', () => grown.data(Buffer.from('ab')));
  const shrunk = writer().nar;
  shrunk.regular(false, 2);
  shrunk.data(Buffer.from('a'));
  expectFormatError('formats/nar-write', () => shrunk.end());
});

test('names, targets and depth are checked as the reader does', () => {
  const { nar } = writer();
  nar.directory();
  expectFormatError('formats/nar-name', () => nar.entry('..'));
  nar.entry('b');
  nar.symlink('x');
  expectFormatError('formats/nar-order', () => nar.entry('a'));
  expectFormatError('formats/nar-order', () => nar.entry('b'));
  expectFormatError('formats/nar-name', () => nar.entry('c'.repeat(256)));
  expectFormatError('formats/nar-target', () => writer().nar.symlink(''));
  const deep = writer().nar;
  expectFormatError('formats/nar-depth', () => {
    for (let i = 0; i < 100; i++) {
      deep.directory();
      deep.entry('d');
    }
  });
});

test('events out of place are a bug of the caller', () => {
  const misuses: ((nar: NarWriter) => void)[] = [
    (nar) => nar.entry('a'),
    (nar) => nar.end(),
    (nar) => nar.finish(),
    (nar) => nar.data(Buffer.from('a')),
    (nar) => {
      nar.directory();
      nar.directory();
    },
    (nar) => {
      nar.directory();
      nar.entry('a');
      nar.end();
    },
    (nar) => {
      nar.symlink('a');
      nar.symlink('a');
    },
  ];
  for (const misuse of misuses) expect(() => misuse(writer().nar)).toThrow(InternalError);
});
