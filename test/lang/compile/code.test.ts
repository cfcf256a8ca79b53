/** The generated code itself: what makes it fast, and that it does not depend on where a file is. */
import { describe, expect, test } from 'vitest';
import { compile } from '../../../src/lang/compile/compile.ts';
import { UndefinedVariable } from '../../../src/lang/compile/compile-error.ts';
import type { CompileOptions } from '../../../src/lang/compile/emit.ts';
import { helperNames, tracedHelperNames } from '../../../src/lang/compile/helper-names.ts';
import { helpers, tracedHelpers } from '../../../src/lang/runtime/helpers.ts';
import type { Runtime } from '../../../src/lang/runtime/runtime.ts';
import { positions } from '../../../src/lang/source.ts';
import { parse } from '../../../src/lang/syntax/parse.ts';
import { evaluate, memoryEvaluator, memoryHost } from '../../support/memory-host.ts';

const options: CompileOptions = {
  globals: new Map([
    ['builtins', { arity: 0 }],
    ['true', { arity: 0, literal: 'true' }],
    ['map', { arity: 2 }],
    ['__sub', { arity: 2 }],
    ['__lessThan', { arity: 2 }],
  ]),
  builtins: new Map([
    ['map', 'map'],
    ['sub', '__sub'],
  ]),
};
const codeOf = (text: string): string => compile(parse(positions.add({ kind: 'string' }, text)), options, []).code;

test('the helpers have the names that generated code uses', () => {
  const rt = {} as Runtime;
  expect(Object.keys(helpers(rt)).sort()).toEqual([...helperNames].sort());
  expect(Object.keys(tracedHelpers(rt)).sort()).toEqual([...tracedHelperNames].sort());
});

describe('thunks', () => {
  test('of a call or selection of variables need no code of their own', () => {
    expect(codeOf('f: x: [ (f x) ]')).toMatch(/\[new T\(C1,\w+,\w+\)\]/);
    expect(codeOf('x: [ x.a ]')).toMatch(/\[new T\(S,\w+,"a"\)\]/);
    expect(codeOf('x: with x; [ y ]')).toMatch(/\[new T\(W,\w+,"y"\)\]/);
  });
  test('that read two variables at most are no closures', () => {
    expect(codeOf('[ (x: y: [ (x + y) ]) ]')).not.toContain('T(()=>');
    expect(codeOf('x: y: z: [ (x + y + z) ]')).not.toContain('T(()=>');
    expect(codeOf('[ (x: y: z: [ (x + y + z) ]) ]')).toContain('T(()=>');
  });
  test('are not made for constants, variables and functions', () => {
    expect(codeOf('x: [ 1 "a" x (y: y) true map ]')).not.toContain('new T(');
  });
});

test('builtins that are known are called directly, wherever nothing binds their name anew', () => {
  expect(codeOf('map 1 2')).toMatch(/P2\(\w+,1,2\)/);
  expect(codeOf('builtins.map 1 2')).toMatch(/P2\(\w+,1,2\)/);
  expect(codeOf('map: map 1 2')).toMatch(/C2\(\w+,1,2\)/);
  expect(codeOf('builtins: builtins.map 1 2')).toMatch(/C2\(S\(\w+,"map"\),1,2\)/);
});

test('operators that stand for builtins follow a program that binds these', () => {
  expect(codeOf('x: x - 1')).toMatch(/SUB\(/);
  expect(evaluate('let __sub = a: b: "${toString a} less ${toString b}"; in 5 - 2')).toBe('"5 less 2"');
  expect(evaluate('let __lessThan = a: b: true; in [ (2 < 1) (1 >= 2) ]')).toBe('[ true false ]');
  expect(evaluate('let __findFile = p: n: n; __nixPath = 1; in <a/b>')).toBe('"a/b"');
});

test('curried functions are one JavaScript function, as long as that cannot be seen', () => {
  expect(codeOf('a: b: c: a')).toMatch(/new L\(3,/);
  expect(codeOf('a: { b }: c: a')).toMatch(/new L\(2,.*\n?.*new L\(1,|new L\(1,(.|\n)*new L\(2,/);
  expect(evaluate('let f = a: b: c: d: e: g: h: i: [ a b c d e g h i ]; in f 1 2 3 4 5 6 7 8')).toBe(
    '[ 1 2 3 4 5 6 7 8 ]',
  );
  expect(evaluate('builtins.functionArgs ((a: { b, c ? 1 }: a) 1)')).toBe('{ b = false; c = true; }');
});

test('names that mean nothing are found before anything runs', () => {
  expect(() => codeOf('if true then 1 else x')).toThrow(UndefinedVariable);
  expect(() => codeOf('with y; 1')).toThrow("undefined variable 'y'");
  expect(codeOf('with builtins; nowhere')).toContain('"nowhere"');
});

test('the code of a file does not know where the file is', () => {
  expect(codeOf('[ ./a ../b /c ~/d ]')).not.toContain('//');
  const host = memoryHost({ '/x/y/f.nix': '[ ./a ../b ./. ]', '/z/f.nix': '[ ./a ../b ./. ]' });
  const evaluator = memoryEvaluator(host);
  expect(evaluator.print(evaluator.evalFile('/x/y/f.nix'))).toBe('[ /x/y/a /x/b /x/y ]');
  expect(evaluator.print(evaluator.evalFile('/z/f.nix'))).toBe('[ /z/a /b /z ]');
});

test('a set of hostile names', () => {
  const text = '{ __proto__ = 1; constructor = 2; "a b" = 3; "" = 4; "é" = 5; "10" = 6; "9" = 7; "\\"" = 8; }';
  expect(evaluate(`builtins.attrValues ${text}`)).toBe('[ 4 8 6 7 1 3 2 5 ]');
  expect(evaluate(`let s = ${text}; in [ s.__proto__ s."a b" s."é" (s ? toString) ]`)).toBe('[ 1 3 5 false ]');
  expect(
    evaluate('let __proto__ = 1; constructor = __proto__; this = 2; arguments = 3; in [ constructor this arguments ]'),
  ).toBe('[ 1 2 3 ]');
});

test('__overrides replaces what the other attributes see', () => {
  expect(evaluate('rec { __overrides = { x = 2; z = 3; }; x = 1; y = x + 1; f = a: x; w = f 0; }.w')).toBe('2');
  expect(evaluate('let s = rec { inherit (t) q; t.q = x; __overrides.x = 5; x = 1; }; in [ s.q s.x ]')).toBe('[ 5 5 ]');
});
