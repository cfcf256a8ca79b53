import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { byteString, fromUnicode, toUnicode } from '../../../src/base/bytes.ts';
import { explainJson } from '../../../src/lang/builtins/json/explain.ts';
import { parseJson } from '../../../src/lang/builtins/json/parse.ts';
import { EvalError } from '../../../src/lang/errors.ts';
import { Attrs, Float, type Value } from '../../../src/lang/runtime/value.ts';
import { mutated } from '../../support/mutate.ts';
import { oracleTest } from '../../support/oracle.ts';
import { askNix, literal } from './support.ts';

/** A value as JavaScript has it. */
function plain(value: Value | undefined): unknown {
  if (value instanceof Attrs)
    return Object.fromEntries(value.names().map((name, at) => [toUnicode(name), plain(value.valueAt(at))]));
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Float) return value.value;
  return typeof value === 'string' ? toUnicode(value) : value;
}

const parse = (text: string): unknown => plain(parseJson(fromUnicode(text)));

describe('values', () => {
  test.each([
    ['-0', 0],
    ['9007199254740993', 9007199254740993n],
    ['-9223372036854775808', -9223372036854775808n],
    ['18446744073709551616', 2 ** 64],
    ['{"b":1,"a":2,"b":3}', { a: 2, b: 3 }],
    ['"\\ud83d\\ude00é\\/"', '😀é/'],
    ['\ufeff [ ] ', []],
    [' {"" : {"__proto__": null}}\n', { '': Object.fromEntries([['__proto__', null]]) }],
  ])('%s', (text, value) => {
    expect(parse(text)).toEqual(value);
  });

  test('integers are no floats', () => {
    expect(parseJson('1.0')).toEqual(new Float(1));
    expect(parseJson('1e2')).toEqual(new Float(100));
    expect(parseJson('100')).toBe(100);
  });

  test('an array of a hundred thousand arrays', () => {
    const deep = 100_000;
    expect(parseJson(`${'['.repeat(deep)}${']'.repeat(deep)}`)).toHaveLength(1);
  });

  test('any JSON is read as JavaScript reads it', () => {
    const written = fc
      .json()
      .map((text) => [text, JSON.parse(text, (_, value) => (Object.is(value, -0) ? 0 : value))] as const);
    fc.assert(
      fc.property(written, ([text, value]) => {
        // An integer beyond 2^53 is exact here.
        const ours = JSON.parse(JSON.stringify(parse(text), (_, v) => (typeof v === 'bigint' ? Number(v) : v)));
        expect(ours).toEqual(value);
      }),
    );
  });
});

test.each([
  [
    '',
    'parse error at line 1, column 1: attempting to parse an empty input; check that your input string or stream contains the expected JSON',
  ],
  [
    '{',
    'parse error at line 1, column 2: syntax error while parsing object key - unexpected end of input; expected string literal',
  ],
  [
    '[1,\n2',
    "parse error at line 2, column 2: syntax error while parsing array - unexpected end of input; expected ']'",
  ],
  ['nul', "parse error at line 1, column 4: syntax error while parsing value - invalid literal; last read: 'nul'"],
  [
    '"\\x"',
    `parse error at line 1, column 3: syntax error while parsing value - invalid string: forbidden character after backslash; last read: '"\\x'`,
  ],
])('%j is explained', (text, message) => {
  expect(parseJson(text)).toBeUndefined();
  expect(explainJson(text)).toBe(`[json.exception.parse_error.101] ${message}`);
});

test('what no string or integer can hold is an error of its own', () => {
  expect(() => parse('"a\\u0000b"')).toThrow('because it contains null bytes');
  expect(() => parse('18446744073709551615')).toThrow('outside of Nix integer range');
});

oracleTest(
  'texts that are nearly JSON are read, or refused with the same words, as by the real Nix',
  async () => {
    const damaged = mutated(fc.json().map((text) => Buffer.from(text)));
    const texts = fc.sample(damaged, { seed: 5, numRuns: 500 });
    const usable = texts.map((bytes) => byteString(bytes)).filter((text) => !/[\0\r]/.test(text));
    const answers = await askNix(usable.map((text) => Buffer.from(`builtins.fromJSON ${literal(text)}`, 'latin1')));
    for (const [i, text] of usable.entries()) expect(ourAnswer(text), text).toEqual(answers[i]);
  },
  60_000,
);

function ourAnswer(text: string): unknown {
  try {
    const value = parseJson(text);
    return value === undefined
      ? { error: toUnicode(explainJson(text)) }
      : { json: JSON.parse(JSON.stringify(plain(value), numbers)) };
  } catch (error) {
    if (error instanceof EvalError) return { error: toUnicode(error.message) };
    throw error;
  }
}

const numbers = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value);
