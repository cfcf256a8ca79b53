/** The formatter: one style, and never another program. */
import { readFileSync } from 'node:fs';
import fg from 'fast-glob';
import { describe, expect, test } from 'vitest';
import { byteString, fromUnicode, toUnicode } from '../../../src/base/bytes.ts';
import { EvalError } from '../../../src/lang/errors.ts';
import { format } from '../../../src/lang/fmt/format.ts';
import { Source } from '../../../src/lang/source.ts';
import { parse } from '../../../src/lang/syntax/parse.ts';
import { printExpr } from '../../../src/lang/syntax/print-expr.ts';
import { Generator } from '../../fuzz/lang/generator.ts';
import { Random } from '../../fuzz/lang/random.ts';
import { textOf } from '../../fuzz/lang/tree.ts';
import { expectGolden, goldenRoot } from '../../support/golden.ts';
import { programsIn, readBook } from '../../support/program-book.ts';

const formatted = (text: string): string => toUnicode(format(fromUnicode(text)));

function printed(text: string): string {
  const source = new Source({ kind: 'string' }, text, 1);
  return printExpr(parse(source, { pipeOperators: true }), { basePath: '/base', home: '/home/me' });
}

/** Comments, apart from the space in them; what stands in quotes is none. */
function commentsIn(text: string): string[] {
  const bare = text.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  return (bare.match(/#[^\n]*|\/\*[\s\S]*?\*\//g) ?? []).map((comment) => comment.replace(/\s+/g, '')).sort();
}

/** Formats, and looks at all that must hold of the result. */
function check(text: string): string {
  const result = format(text);
  expect(printed(result)).toBe(printed(text));
  expect(format(result)).toBe(result);
  expect(commentsIn(result)).toEqual(commentsIn(text));
  expect(result).toMatch(/[^\n]\n$/);
  return result;
}

test('the style', () => {
  const text = readFileSync(`${goldenRoot}lang-fmt/in.nix`);
  expectGolden('lang-fmt/out.nix', toUnicode(check(byteString(text))));
});

describe('programs mean the same, whatever they look like', () => {
  const books = fg.sync('*.txt', { cwd: `${goldenRoot}lang` });
  test.each(books)('of the book %s', (book) => {
    const programs = programsIn(readBook(readFileSync(`${goldenRoot}lang/${book}`, 'utf8')));
    let parsed = 0;
    for (const { text } of programs.map((program) => ({ text: fromUnicode(program.text) }))) {
      if (!parses(text)) continue;
      check(text);
      parsed++;
    }
    if (book !== 'syntax-errors.txt') expect(parsed).toBeGreaterThan(0);
  });

  test('of sysbuild itself', () => {
    for (const file of fg.sync(['src/**/*.nix', 'examples/**/*.nix'], { absolute: true })) {
      check(byteString(readFileSync(file)));
    }
  });

  test('made at random, with comments between their words', () => {
    const generator = new Generator(new Random(77));
    for (let i = 0; i < 400; i++) check(fromUnicode(sprinkled(textOf(generator.program()), generator.random)));
  });
});

function parses(text: string): boolean {
  try {
    printed(text);
    return true;
  } catch {
    return false;
  }
}

/** Comments and line ends where there was a space outside of strings; what no longer parses is left as it was. */
function sprinkled(text: string, random: Random): string {
  const pieces = ['\n', ' # note\n', '\n# note\n', ' /* note */ ', '\n\n\n', '\n/* note\n   note */\n', '  '];
  const changed = text.replace(/ (?=[a-z({=[])/g, () => (random.chance(0.3) ? random.pick(pieces) : ' '));
  return parses(fromUnicode(changed)) && !/"[^"]*#/.test(changed) ? changed : text;
}

test('long lines break, short ones do not', () => {
  expect(formatted('f   a\n  b')).toBe('f a b\n');
  expect(formatted(`f ${'a'.repeat(60)} ${'b'.repeat(60)}`)).toBe(`f\n  ${'a'.repeat(60)}\n  ${'b'.repeat(60)}\n`);
  expect(formatted('{ a = 1; }')).toBe('{ a = 1; }\n');
  expect(formatted('{ a = 1; b = 2; }')).toBe('{\n  a = 1;\n  b = 2;\n}\n');
});

test('what is no program is an error with its place', () => {
  expect(() => format('{ a = 1')).toThrow(EvalError);
});
