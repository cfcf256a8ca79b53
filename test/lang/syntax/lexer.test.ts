import { expect, test } from 'vitest';
import { createLexer, tokenize } from '../../../src/lang/syntax/lexer.ts';

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
  expect(createLexer(true).lexerDefinitionErrors).toEqual([]);
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
