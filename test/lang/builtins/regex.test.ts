import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Backtracker } from '../../../src/lang/builtins/regex/backtrack.ts';
import { buildMachine } from '../../../src/lang/builtins/regex/machine.ts';
import { searchRegExp, wholeRegExp } from '../../../src/lang/builtins/regex/native.ts';
import { type Found, Regex, RegexError } from '../../../src/lang/builtins/regex/regex.ts';
import { parseExpression } from '../../../src/lang/builtins/regex/syntax.ts';
import { Random } from '../../fuzz/lang/random.ts';
import { oracleTest } from '../../support/oracle.ts';
import { askNix, literal } from './support.ts';

const match = (expression: string, text: string) => new Regex(expression).match(text);

/** What `split` gives. */
function split(expression: string, text: string): unknown[] {
  const parts: unknown[] = [];
  let at = 0;
  for (const { start, end, groups } of new Regex(expression).findAll(text)) {
    parts.push(text.slice(at, start), groups);
    at = end;
  }
  return [...parts, text.slice(at)];
}

describe('whole matches', () => {
  test.each([
    ['a(b)?', 'a', [null]],
    ['(a*)*', '', ['']],
    ['((a)|b)*', 'ab', ['b', 'a']],
    ['(a|ab)(c|bcd)(d*)', 'abcd', ['a', 'bcd', '']],
    ['.', '\n', []],
    ['[]a]+', ']a', []],
    ['[^]a]', ']', undefined],
    ['[[:alpha:]_-]+', 'a-_B', []],
    ['[[.hyphen.]]', '-', []],
    ['[[=a=]]', 'A', []],
    ['[a\\]', '\\', []],
    ['a{2,3}', 'aaaa', undefined],
    ['^a$', 'a', []],
    ['..', '\xc3\xa9', []],
  ])('%s on %j', (expression, text, groups) => {
    expect(match(expression, text)).toEqual(groups);
  });
});

describe('splitting', () => {
  test.each([
    ['(a)|(b)', 'xaybz', ['x', ['a', null], 'y', [null, 'b'], 'z']],
    ['', 'ab', ['', [], 'a', [], 'b', [], '']],
    ['x*', 'abxc', ['', [], 'a', [], 'b', [], '', [], 'c', [], '']],
    ['a|ab', 'abc', ['', [], 'c']],
    ['^a', 'aa', ['', [], 'a']],
    ['(a?)(ab)?', 'ab', ['', ['a', null], '', ['', null], 'b', ['', null], '']],
  ])('%s on %j', (expression, text, parts) => {
    expect(split(expression, text)).toEqual(parts);
  });
});

test.each([
  '(',
  ')',
  '*',
  'a{1',
  'a{,2}',
  'a{2,1}',
  '[a',
  '[b-a]',
  '[[:x:]]',
  '\\d',
  '\\',
  'a|*',
  '[a-c-e]',
  'a{9999999999}',
])('%s is no expression', (text) => {
  expect(() => new Regex(text)).toThrow(expect.objectContaining({ kind: 'syntax' }));
});

test('a machine of too many states is refused', () => {
  expect(match('a{50000}', '')).toBeUndefined();
  expect(() => new Regex('a{100000}')).toThrow(expect.objectContaining({ kind: 'size' }));
  expect(() => new Regex('(a{1000}){200}')).toThrow(expect.objectContaining({ kind: 'size' }));
});

test('no text is too long, and no backtracking takes for ever', () => {
  const long = 'ab'.repeat(100_000);
  expect(match('(a|b)*', long)).toEqual(['b']);
  expect(match('((a)|b)*', long)).toEqual(['b', 'a']);
  expect(match('((a|ab|b)*|x)*c', 'ab'.repeat(40))).toBeUndefined();
});

/** Expressions over few letters: they meet the texts often. */
const expressions = fc.letrec<{ alternation: string; sequence: string; term: string; atom: string }>((tie) => ({
  alternation: fc.array(tie('sequence'), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('|')),
  sequence: fc.array(tie('term'), { maxLength: 3 }).map((parts) => parts.join('')),
  term: fc
    .tuple(tie('atom'), fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{0,1}', '{1,2}', '{1,}', '{0}'))
    .map((parts) => parts.join('')),
  atom: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom('a', 'b', 'c', '.', '[ab]', '[^a]', '^', '$'),
    tie('alternation').map((text) => `(${text})`),
  ),
})).alternation;
const texts = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '\n'), maxLength: 7 });

/** Anchors take no quantifier: such expressions are none. */
const parsed = (text: string) => {
  try {
    return parseExpression(text);
  } catch (error) {
    if (error instanceof RegexError) return undefined;
    throw error;
  }
};

describe('what is left to JavaScript', () => {
  test('matches whole texts as the machine does', () => {
    fc.assert(
      fc.property(expressions, texts, (expression, text) => {
        const tree = parsed(expression);
        const native = tree === undefined ? undefined : wholeRegExp(tree);
        if (tree === undefined || native === undefined) return;
        const ours = new Backtracker(buildMachine(tree), text).attempt(0, {
          whole: true,
          atStart: true,
          notEmpty: false,
        });
        const theirs = native.exec(text);
        expect(theirs === null).toBe(ours === undefined);
        const groups = [...(ours?.ends.keys() ?? [])].slice(1);
        for (const i of groups) {
          expect(theirs![i]).toBe(ours!.ends[i]! < 0 ? undefined : text.slice(ours!.starts[i], ours!.ends[i]));
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('finds the same matches', () => {
    const byMachine = (expression: string, text: string): Found[] => {
      // An alternative that never matches, and could be longer, leaves everything to the machine.
      return new Regex(`${expression}|#|##`).findAll(text);
    };
    fc.assert(
      fc.property(expressions, texts, (expression, text) => {
        const tree = parsed(expression);
        if (tree === undefined || searchRegExp(tree) === undefined) return;
        expect(new Regex(expression).findAll(text)).toEqual(byMachine(expression, text));
      }),
      { numRuns: 2000 },
    );
  });
});

oracleTest(
  'generated expressions match as in the real Nix',
  async () => {
    const random = new Random(7);
    const seeds = { seed: random.next(), numRuns: 500 };
    const odd = fc.constantFrom(
      '[[:digit:]b]',
      '[a-]',
      '[--a]',
      '[b-a]',
      '[[.a.]]',
      '\\.',
      '\\a',
      ']',
      '}',
      '{',
      ')',
      '[',
      'a**',
      '+',
    );
    const sources = fc.oneof(
      { weight: 4, arbitrary: expressions },
      fc.tuple(expressions, odd).map((parts) => parts.join('')),
    );
    const cases = fc.sample(fc.tuple(sources, texts, fc.boolean()), seeds);
    const answers = await askNix(
      cases.map(([source, text, whole]) => `builtins.${whole ? 'match' : 'split'} ${literal(source)} ${literal(text)}`),
    );
    for (const [i, [source, text, whole]] of cases.entries()) {
      const answer = answers[i]!;
      if ('error' in answer) expect(() => new Regex(source), source).toThrow(RegexError);
      else expect(whole ? (match(source, text) ?? null) : split(source, text), source).toEqual(answer.json);
    }
  },
  60_000,
);
