import { readFileSync } from 'node:fs';
import { type IToken, Lexer } from 'chevrotain';
import fc from 'fast-check';
import fg from 'fast-glob';
import { expect, test } from 'vitest';
import { byteString } from '../../../src/base/bytes.ts';
import { tokenize } from '../../../src/lang/syntax/lexer.ts';
import { ModalLexer } from '../../../src/lang/syntax/modal-lexer.ts';
import { beginScan } from '../../../src/lang/syntax/scan.ts';
import { modes } from '../../../src/lang/syntax/tokens.ts';
import { wrongProgram } from '../../fuzz/lang/parse-differences.ts';
import { Random } from '../../fuzz/lang/random.ts';

/** Type names of the tokens, without the three ends of the file. */
const types = (text: string): string[] =>
  tokenize(text)
    .map((token) => token.tokenType.name)
    .slice(0, -3);
const images = (text: string): string[] =>
  tokenize(text)
    .map((token) => token.image)
    .slice(0, -3);

test('the definition passes every check of the lexer generator', () => {
  const checked = new Lexer(definition, { positionTracking: 'onlyOffset', ensureOptimizations: true });
  expect(checked.lexerDefinitionErrors).toEqual([]);
});

const definition = { modes, defaultMode: 'code' };
const generated = new Lexer(definition, { positionTracking: 'onlyOffset', recoveryEnabled: false });
const ours = new ModalLexer(modes, 'code');

const plain = (tokens: IToken[]): string[] =>
  tokens.map(({ tokenType, image, startOffset }) => `${startOffset} ${tokenType.name} ${image}`);

/** The tokens of both lexers are the same. */
function agree(text: string): void {
  beginScan();
  const theirs = plain(generated.tokenize(text).tokens);
  beginScan();
  expect(plain(ours.tokenize(text))).toEqual(theirs);
}

test('the lexer gives the tokens that the generated one does: of any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => agree(byteString(bytes))),
    { numRuns: 3000 },
  );
});

test('of soup of the words of the language', () => {
  const random = new Random(50);
  for (let i = 0; i < 3000; i++) agree(wrongProgram(random, []));
});

test('of programs', () => {
  const programs = fg.sync(['src/**/*.nix', 'test/**/*.nix', 'examples/**/*.nix'], {
    cwd: `${import.meta.dirname}/../../..`,
  });
  expect(programs.length).toBeGreaterThan(20);
  for (const program of programs) agree(byteString(readFileSync(`${import.meta.dirname}/../../../${program}`)));
});

test.each([
  ['a.b', 'Identifier Dot Identifier'],
  ['a/b', 'Path PathEnd'],
  ['a.b/c', 'Path PathEnd'],
  ['a /b', 'Identifier Path PathEnd'],
  ['a/ b', 'Identifier Slash Identifier'],
  ['a//b', 'Identifier Update Identifier'],
  ["a'/b", 'Identifier Path PathEnd'],
  ['if/x', 'Path PathEnd'],
  ['in:x', 'Uri'],
  ['in: x', 'In Colon Identifier'],
  ['iff in-', 'Identifier Identifier'],
  ['inherit', 'Inherit'],
  ["or'", 'Identifier'],
  ['x:x', 'Uri'],
  ['x_y:x', 'Identifier Colon Identifier'],
  ['git+ssh://a', 'Uri'],
  ['1.5.2', 'Float Float'],
  ['1..2', 'Float Float'],
  ['...', 'Ellipsis'],
  ['.../a', 'Path PathEnd'],
  ['->-/a-', 'Implies Path PathEnd'],
  ['<a><b', 'SearchPath Less Identifier'],
  ['<=<|', 'LessEqual PipeFrom'],
  ['~/a~', 'HomePath PathEnd Invalid'],
  ['/**/ /* * / */ # }\n1', 'Int'],
  ['} } 1', 'CloseBrace CloseBrace Int'],
  ['"${"}"}"', 'OpenQuote Interpolation OpenQuote QuotedText CloseQuote CloseBrace CloseQuote'],
  ['"a$$${b}"', 'OpenQuote QuotedText Interpolation Identifier CloseBrace CloseQuote'],
  ['"\\${a}$"', 'OpenQuote QuotedText CloseQuote'],
  ["''a'b''", 'OpenIndented IndentedText CloseIndented'],
  [
    "'' ''$'''''\\n$''",
    'OpenIndented IndentedText IndentedDollar IndentedTicks IndentedEscape IndentedDollar CloseIndented',
  ],
  ['a/${b}c/d x', 'Path Interpolation Identifier CloseBrace PathText PathEnd Identifier'],
  ['./${a}/', 'Path Interpolation Identifier CloseBrace PathText TrailingSlash'],
])('%j', (text, expected) => {
  expect(types(text).join(' ')).toBe(expected);
});

test('tokens cover the text that is neither space nor comment', () => {
  expect(images('{a=[ 1 "b" ]; } # c')).toEqual(['{', 'a', '=', '[', '1', '"', 'b', '"', ']', ';', '}']);
});

test('a megabyte of text, of comments and of names is lexed without recursion', () => {
  const long = 'x'.repeat(1_000_000);
  expect(types(`"${long}"`)).toEqual(['OpenQuote', 'QuotedText', 'CloseQuote']);
  expect(types(`''${long}\n''`)).toEqual(['OpenIndented', 'IndentedText', 'CloseIndented']);
  expect(types(`/*${long}*/ #${long}`)).toEqual([]);
  expect(types(long)).toEqual(['Identifier']);
});
