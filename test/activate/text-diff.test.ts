/** Differences of texts: applying one gives the other text, and the shape is the unified one. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diffText } from '../../src/activate/text-diff.ts';

/** Applies unified hunks to lines. */
function apply(before: readonly string[], hunks: readonly string[]): string[] {
  const after: string[] = [];
  let at = 0;
  for (const line of hunks) {
    const header = /^@@ -(\d+),(\d+) \+(\d+),(\d+) @@$/.exec(line);
    if (header !== null) {
      const start = Number(header[1]) - (header[2] === '0' ? 0 : 1);
      while (at < start) after.push(before[at++]!);
      expect(after.length + (header[4] === '0' ? 0 : 1)).toBe(Number(header[3]));
    } else if (line.startsWith('+')) after.push(line.slice(1));
    else {
      expect(line.slice(1)).toBe(before[at]);
      if (line.startsWith(' ')) after.push(before[at]!);
      at += 1;
    }
  }
  return [...after, ...before.slice(at)];
}

const texts = fc.array(fc.constantFrom('a', 'b', 'c', '', '-', '+ x'), { maxLength: 40 });

test('applied to the one text they give the other', () => {
  fc.assert(
    fc.property(texts, texts, (before, after) => {
      const join = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
      const diff = diffText(join(before), join(after));
      expect(apply(before, diff.lines)).toEqual(after);
      expect(diff.added - diff.removed).toBe(after.length - before.length);
    }),
    { numRuns: 300 },
  );
});

test('are as short as can be', () => {
  const before = Array.from({ length: 20 }, (_, index) => `line ${index}`);
  const after = before.with(10, 'changed').toSpliced(15, 1);
  expect(diffText(before.join('\n'), after.join('\n'))).toEqual({
    added: 1,
    removed: 2,
    lines: [
      '@@ -8,12 +8,11 @@',
      ...[' line 7', ' line 8', ' line 9', '-line 10', '+changed', ' line 11', ' line 12', ' line 13', ' line 14'],
      ...['-line 15', ' line 16', ' line 17', ' line 18'],
    ],
  });
});

test('the same text has none', () => {
  expect(diffText('a\nb', 'a\nb').lines).toEqual([]);
});

test('very long texts that differ altogether are told as a whole', () => {
  const lines = (word: string): string => Array.from({ length: 3000 }, (_, index) => `${word}${index}`).join('\n');
  expect(diffText(lines('a'), lines('b'))).toMatchObject({ added: 3000, removed: 3000 });
});
