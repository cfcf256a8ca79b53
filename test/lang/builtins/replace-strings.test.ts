import fc from 'fast-check';
import { expect, test } from 'vitest';
import { replaceStrings } from '../../../src/lang/builtins/replace-strings.ts';

const texts = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 12 });
const patterns = fc.array(fc.tuple(fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 3 }), texts), {
  maxLength: 5,
});

/** The rule as it is told: at each place the first pattern that stands there. */
function byTheRule(pairs: readonly (readonly [string, string])[], text: string): string {
  let result = '';
  for (let at = 0; at <= text.length; ) {
    const found = pairs.find(([pattern]) => text.startsWith(pattern, at));
    if (found !== undefined) result += found[1];
    if (found === undefined || found[0] === '') {
      result += text.slice(at, at + 1);
      at += 1;
    } else at += found[0].length;
  }
  return result;
}

const replaced = (pairs: readonly (readonly [string, string])[], text: string) =>
  replaceStrings(
    pairs.map(([pattern]) => pattern),
    pairs.map(([, replacement]) => replacement),
    text,
  );

test('replaces by the rule, however many patterns there are', () => {
  const others = Array.from({ length: 20 }, (_, i) => [`#${i}`, 'never'] as const);
  fc.assert(
    fc.property(patterns, texts, (pairs, text) => {
      expect(replaced(pairs, text)).toBe(byTheRule(pairs, text));
      expect(replaced([...pairs, ...others], text)).toBe(byTheRule(pairs, text));
    }),
  );
});

test('a text without any of the patterns is the same text', () => {
  expect(replaced([['x', 'y']], 'abc')).toBe('abc');
});
