import { describe, expect, test } from 'vitest';
import type { ParseWarning } from '../../../src/lang/syntax/parse-errors.ts';
import { complaint, errorOf, parseText } from './support.ts';

const cases: Readonly<Record<string, readonly (readonly [source: string, complaint: string])[]>> = {
  'what was expected': [
    ['', 'syntax error, unexpected end of file @0'],
    ['1 )', "syntax error, unexpected ')', expecting end of file @2"],
    ['(1', "syntax error, unexpected end of file, expecting ')' @2"],
    ['[ 1 ; ]', "syntax error, unexpected ';' @4"],
    ['{ a', "syntax error, unexpected end of file, expecting '.' or '=' @3"],
    ['{ a = 1 }', "syntax error, unexpected '}', expecting ';' @8"],
    ['{ 1 }', "syntax error, unexpected integer, expecting 'inherit' @2"],
    ['rec { 1 }', "syntax error, unexpected integer, expecting 'inherit' or '}' @6"],
    ['rec 1', "syntax error, unexpected integer, expecting '{' @4"],
    ['{ a. = 1; }', `syntax error, unexpected '=', expecting identifier or 'or' or '\${' or '"' @5`],
    ['{ inherit 1; }', 'syntax error, unexpected integer @10'],
    ['{ inherit (a; }', "syntax error, unexpected ';', expecting ')' @12"],
    ['{ a, b', "syntax error, unexpected end of file, expecting '}' or ',' @6"],
    ['{ a, 1 }: a', "syntax error, unexpected integer, expecting identifier or '...' or '}' @5"],
    ['{ ..., a }: a', "syntax error, unexpected ',', expecting '}' @5"],
    ['{ a, b }', "syntax error, unexpected end of file, expecting ':' or '@' @8"],
    ['{ a }@1: a', 'syntax error, unexpected integer, expecting identifier @6'],
    ['{ a }@b a', "syntax error, unexpected identifier, expecting ':' @8"],
    ['a@b', "syntax error, unexpected identifier, expecting '{' @2"],
    ['a@{ b } c', "syntax error, unexpected identifier, expecting ':' @8"],
    ['let a = 1; a', "syntax error, unexpected end of file, expecting '.' or '=' @12"],
    ['let a = 1; 2', "syntax error, unexpected integer, expecting 'in' or 'inherit' @11"],
    ['f let a = 1; in a', "syntax error, unexpected identifier, expecting '{' @6"],
    ['if a b', "syntax error, unexpected end of file, expecting 'then' @6"],
    ['if a then b', "syntax error, unexpected end of file, expecting 'else' @11"],
    ['with a b', "syntax error, unexpected end of file, expecting ';' @8"],
    ['"abc', `syntax error, unexpected end of file, expecting '"' @4`],
    ['"a${1', "syntax error, unexpected end of file, expecting '}' @5"],
    [
      "''abc",
      "syntax error, unexpected end of file, expecting indented string or '${' or end of an indented string @5",
    ],
    ['{ a.1 = 2; }', "syntax error, unexpected floating-point literal, expecting '.' or '=' @3"],
    ['a ? 1', `syntax error, unexpected integer, expecting identifier or 'or' or '\${' or '"' @4`],
    ['{ ~/a }', "syntax error, unexpected '~/…' path, expecting 'inherit' @2"],
  ],
  'operators that do not associate': [
    ['a == b == c', "syntax error, unexpected '==' @7"],
    ['a == b != c', "syntax error, unexpected '!=' @7"],
    ['a < b < c', "syntax error, unexpected '<' @6"],
    ['a < b >= c', "syntax error, unexpected '>=' @6"],
  ],
  'where only an operand may stand': [
    ['1 + x: x', "syntax error, unexpected ':', expecting end of file @5"],
    ['f if a then b else c', "syntax error, unexpected 'if', expecting end of file @2"],
    ['[ -1 ]', "syntax error, unexpected '-' @2"],
    ['or', "syntax error, unexpected 'or' @0"],
  ],
  bytes: [
    ['é', 'syntax error, unexpected invalid token @0'],
    ['1 & 2', 'syntax error, unexpected invalid token, expecting end of file @2'],
    ['\ufeff1', 'syntax error, unexpected invalid token @0'],
    ['/* no end', "syntax error, unexpected '/' @0"],
    ['(1\0)', "syntax error, unexpected end of file, expecting ')' @3"],
    ['"a\0b"', "input string 'a␀b' cannot be represented as Nix string because it contains null bytes @1"],
    ["''a\0''", "input string 'a␀' cannot be represented as Nix string because it contains null bytes @2"],
  ],
  numbers: [
    ['9223372036854775808', "invalid integer '9223372036854775808' @0"],
    ['{ 99999999999999999999 }', "invalid integer '99999999999999999999' @2"],
    ['1.0e999', "invalid float '1.0e999' @0"],
    ['1.0e-320', "invalid float '1.0e-320' @0"],
  ],
  paths: [
    ['(a/b/)', 'path has a trailing slash @5'],
    ['a/b/', 'path has a trailing slash @0'],
    ['./${a}b/ c', 'path has a trailing slash @8'],
    ['a/b//c', "syntax error, unexpected end of path, expecting '${' @0"],
    ['[ a/b//c ]', "syntax error, unexpected end of path, expecting '${' @6"],
    ['(./a', "syntax error, unexpected end of file, expecting ')' @1"],
  ],
  'names that are there twice': [
    ['{ a = 1;\n  a = 2; }', "attribute 'a' already defined at /f.nix:1:3 @11"],
    ['{ a.b = 1; a.b.c = 2; }', "attribute 'a.b' already defined at /f.nix:1:3 @11"],
    ['{ a = { b = 1; }; a = { b = 2; }; }', "attribute 'a.b' already defined at /f.nix:1:9 @24"],
    ['{ a = { b = 1; }; a.b = 2; }', "attribute 'a.b' already defined at /f.nix:1:9 @18"],
    ['{ a = 1; a.b = 2; }', "attribute 'a' already defined at /f.nix:1:3 @9"],
    ['{ inherit a; a = 1; }', "attribute 'a' already defined at /f.nix:1:11 @13"],
    ['{ a = { }; inherit (b) a; }', "attribute 'a' already defined at /f.nix:1:3 @23"],
    ['{ "a b" = 1; "a b" = 2; }', `attribute '"a b"' already defined at /f.nix:1:3 @13`],
    ['{ a, a }: a', "duplicate formal function argument 'a' @5"],
    ['a@{ a }: a', "duplicate formal function argument 'a' @0"],
    ['{ a, a }: ]', "syntax error, unexpected ']' @10"],
    ['({ a, a }: 1 ]', "duplicate formal function argument 'a' @6"],
  ],
  'dynamic names': [
    ['let ${a} = 1; in 2', 'dynamic attributes not allowed in let @0'],
    ['{ inherit ${a}; }', 'dynamic attributes not allowed in inherit @10'],
    ['{ inherit (b) "${a}"; }', 'dynamic attributes not allowed in inherit @14'],
  ],
};

for (const [theme, list] of Object.entries(cases)) {
  describe(theme, () => {
    test.each(list)('%j', (source, expected) => expect(complaint(source)).toBe(expected));
  });
}

test('an error says its place and what would have been right, as data', () => {
  const error = errorOf('{ a = 1;\n  b c }');
  expect(error.code).toBe('lang/syntax');
  expect(error.expected).toEqual(["'.'", "'='"]);
  expect(error.details).toMatchObject({ file: '/f.nix', line: 2, column: 5 });
});

describe('settings', () => {
  const warnings = (text: string, options = {}): ParseWarning[] => {
    const list: ParseWarning[] = [];
    parseText(text, { ...options, warn: (warning) => list.push(warning) });
    return list;
  };

  test('pipes need their feature, wherever they stand', () => {
    const disabled =
      "experimental Nix feature 'pipe-operators' is disabled; add '--extra-experimental-features pipe-operators' to enable it";
    expect(complaint('a |> b')).toBe(`${disabled} @2`);
    expect(complaint('{ <| }')).toBe(`${disabled} @2`);
    expect(complaint('a |> b <| c', { pipeOperators: true })).toBe(
      "syntax error, unexpected '<|', expecting end of file @7",
    );
  });
  test('there is no home in pure evaluation', () => {
    expect(complaint('1 + ~/a', { pureEval: true })).toBe("the path '~/a' can not be resolved in pure mode @4");
  });
  test('lints are silent, warn or refuse', () => {
    const url = 'URL literals are discouraged. Consider using a string literal "a:b" instead (lint-url-literals)';
    expect(warnings('a:b')).toEqual([]);
    expect(warnings('a:b', { urlLiterals: 'warn' })).toEqual([{ message: url, pos: 0 }]);
    expect(complaint('a:b', { urlLiterals: 'fatal' })).toContain('URL literals are disallowed.');
    expect(complaint('/a', { absolutePathLiterals: 'fatal' })).toContain('absolute path literals are not portable.');
    expect(complaint('~/a', { absolutePathLiterals: 'fatal' })).toContain('home path literals are not portable.');
    expect(complaint('a/b', { shortPathLiterals: 'fatal' })).toContain("should be prefixed with '.' for clarity");
    expect(warnings('./a', { shortPathLiterals: 'fatal' })).toEqual([]);
  });
  test('an `or` that is an argument is warned of, one that stands alone is not', () => {
    const [warning] = warnings('x: [ (x) x or ]');
    expect(warning?.message).toContain('at /f.nix:1:10: This expression uses `or` as an identifier');
    expect(warning?.message).toContain('\n    (x or)\n');
    expect(warnings('f: x: [ (f or) ] ++ f or x')).toEqual([]);
  });
});
