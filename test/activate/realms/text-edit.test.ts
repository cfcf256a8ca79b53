/** Lines and keys in other people's files: the edit is a fixed point, and leaves every other line as it is. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keyOf, withKey, withLine, withoutKey, withoutLine } from '../../../src/activate/realms/converge/text-edit.ts';

const word = fc.constantFrom('a', 'b', 'a=1', 'a = 2', '# a=3', '', '[s]', '[t]', '  a=4', 'ab=5');
const text = fc.array(word, { maxLength: 8 }).map((lines) => lines.map((line) => `${line}\n`).join(''));
const lines = (all: string): string[] => all.split('\n').slice(0, -1);

describe('lines', () => {
  test.each([
    ['', 'x', undefined, 'x\n'],
    ['a\nb', 'x', undefined, 'a\nb\nx\n'],
    ['a\nx\nb\n', 'x', undefined, 'a\nx\nb\n'],
    ['PermitRootLogin yes\nb\n', 'PermitRootLogin no', /^#?PermitRootLogin/, 'PermitRootLogin no\nb\n'],
    ['#P 1\nP 2\n', 'P 3', /^#?P /, 'P 3\n'],
  ])('%j with %j', (before, line, match, after) => {
    expect(withLine(before, line, match)).toBe(after);
  });

  test('are there once they are put, and gone once they are removed; the others stay', () => {
    fc.assert(
      fc.property(text, (before) => {
        const after = withLine(before, 'x', undefined);
        expect(lines(after)).toContain('x');
        expect(withLine(after, 'x', undefined)).toBe(after);
        expect(lines(withoutLine(after, 'x', undefined))).toEqual(lines(before));
      }),
    );
  });
});

describe('keys', () => {
  const place = (section?: string) => ({ key: 'a', section, separator: '=' });

  test.each([
    ['', undefined, 'a=v\n'],
    ['a = 1\n', undefined, 'a=v\n'],
    ['b=1\n\n[s]\na=2\n', undefined, 'b=1\na=v\n\n[s]\na=2\n'],
    ['b=1\n\n[s]\na=2\n', 's', 'b=1\n\n[s]\na=v\n'],
    ['b=1\n', 's', 'b=1\n\n[s]\na=v\n'],
    ['[s]\n\n[t]\nx=1\n', 's', '[s]\na=v\n\n[t]\nx=1\n'],
    ['# a=1\nab=2\n', undefined, '# a=1\nab=2\na=v\n'],
  ])('%j in section %j', (before, section, after) => {
    expect(withKey(before, place(section), 'v')).toBe(after);
  });

  test('any text: what is set is found, setting again changes nothing, other lines stay', () => {
    fc.assert(
      fc.property(
        text,
        fc.constantFrom(undefined, 's', 't'),
        fc.constantFrom('=', ' ', ': '),
        (before, section, separator) => {
          const at = { key: 'a', section, separator };
          const after = withKey(before, at, 'v');
          expect(keyOf(after, at)).toBe('v');
          expect(withKey(after, at, 'v')).toBe(after);
          expect(keyOf(withoutKey(after, at), at)).toBeUndefined();
          const others = (all: string): string[] =>
            lines(all).filter((line) => !/^\s*a\b/.test(line) && line.trim() !== '' && line !== `[${section}]`);
          expect(others(after)).toEqual(others(before));
        },
      ),
    );
  });
});
