/**
 * The grammar as chevrotain knows it, and the methods that production runs, say the same. The grammar leaves three
 * things to the methods: operators that do not associate, names that are there twice, and numbers out of range.
 */
import { expect, test } from 'vitest';
import { Source } from '../../../src/lang/source.ts';
import { tokenize } from '../../../src/lang/syntax/lexer.ts';
import { defaultOptions } from '../../../src/lang/syntax/options.ts';
import { ParseError } from '../../../src/lang/syntax/parse-errors.ts';
import { Parser } from '../../../src/lang/syntax/parser.ts';
import { Random } from '../../fuzz/lang/random.ts';
import { bindingSoup, damaged, formalsSoup, tokenSoup } from '../../fuzz/lang/token-soup.ts';

// Its constructor throws when the grammar is ambiguous, left-recursive or refers to what is not there.
const checked = new Parser(true);

function verdict(text: string): 'parses' | ParseError {
  try {
    const options = { ...defaultOptions, pipeOperators: true };
    checked.file(new Source({ kind: 'string' }, text, 1), tokenize(text), options);
    return 'parses';
  } catch (error) {
    if (error instanceof ParseError) return error;
    throw error;
  }
}

const nonAssociative = /unexpected '(==|!=|<|>|<=|>=)'$/;

function agree(text: string): void {
  const ours = verdict(text);
  const recognised = checked.recognises(tokenize(text));
  if (ours === 'parses') expect(recognised, text).toBe(true);
  else if (ours.rule === 'syntax') expect(recognised && !nonAssociative.test(ours.message), text).toBe(false);
}

const programs = [
  '{ a, b ? { c = 1; }, ... }@d: let e = a.b or "${c}" ++ [ (f x) ./y/${z}w ]; in if e == 1 && !f then -g else h',
  'rec { inherit a "b"; inherit (c.d) e; f.g."h".${i} = assert j; with k; l: m: l // m; } ? n -> o || p',
  "x@{ }: let { body = ''a ''${b} ${c}''; } <n/o> ~/p/q http://r.s + 1.5 * 3 - f or g [ h or ]",
  'a |> b |> c: d',
];

test('on right programs', () => {
  for (const program of programs.slice(0, 3)) expect(verdict(program)).toBe('parses');
  for (const program of programs) agree(program);
});

test('on damaged programs and soup', () => {
  const random = new Random(20);
  for (let i = 0; i < 400; i++) {
    agree(damaged(random, random.pick(programs)));
    agree(tokenSoup(random, 12));
    agree(bindingSoup(random, 2));
    agree(formalsSoup(random));
  }
});
