import fc from 'fast-check';
import { parse as parseBySmolToml } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import { fromUnicode, toUnicode } from '../../../src/base/bytes.ts';
import { parseToml } from '../../../src/lang/builtins/toml/parse.ts';
import { TomlError } from '../../../src/lang/builtins/toml/source.ts';
import { TomlArray, TomlTable, type TomlValue } from '../../../src/lang/builtins/toml/tables.ts';
import { Float } from '../../../src/lang/runtime/value.ts';
import { oracleTest } from '../../support/oracle.ts';
import { askNix, literal } from './support.ts';

/** A value as JavaScript has it; floats that JSON cannot hold are null, as `toJSON` has them. */
function plain(value: TomlValue): unknown {
  if (value instanceof TomlTable) {
    return Object.fromEntries([...value.entries].map(([name, entry]) => [toUnicode(name), plain(entry.value)]));
  }
  if (value instanceof TomlArray) return value.items.map(plain);
  if (value instanceof Float) return Number.isFinite(value.value) ? value.value : null;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'object') return { _type: 'timestamp', value: value.timestamp };
  return typeof value === 'string' ? toUnicode(value) : value;
}

const parse = (text: string): unknown => plain(parseToml(fromUnicode(text)));

describe('documents', () => {
  test.each([
    ['', {}],
    ['a.b = 1\na.c = 2 # both', { a: { b: 1, c: 2 } }],
    ['[a.b]\n[a]\nc = 1', { a: { b: {}, c: 1 } }],
    ['[[a]]\nb = 1\n[[a]]\n[a.c]\nd = 2', { a: [{ b: 1 }, { c: { d: 2 } }] }],
    ['a = { b.c = 1, "d e" = [ 1, [ ], ] }', { a: { b: { c: 1 }, 'd e': [1, []] } }],
    ['a = """\n  x\\\n     y"""', { a: '  xy' }],
    ["a = ''''x'''''", { a: "'x''" }],
    ['a = [ 0xdead_beef, 0o17, 0b1, 1_0, 1e2, -0.5 ]', { a: [3735928559, 15, 1, 10, 100, -0.5] }],
    ['a = "\\u00e9\\U0001F600"', { a: 'é😀' }],
    ['a = 1979-05-27 07:32:00.12345+01:00', { a: { _type: 'timestamp', value: '1979-05-27T07:32:00.123450+01:00' } }],
  ])('%j', (text, value) => {
    expect(parse(text)).toEqual(value);
  });
});

test.each([
  ...['a', 'a =', '= 1', 'a = 1 b = 2', 'a = 01', 'a = 1__0', 'a = .5', 'a = 1.', 'a = 0x', 'a = "\\x41"', 'a = "\\e"'],
  ...[
    'a = { b = 1, }',
    'a = { b = 1,\nc = 2 }',
    'a = 1\na = 2',
    '[a]\n[a]',
    'a.b = 1\n[a]',
    'a = {}\n[a.b]',
    '[[a]]\n[a]',
  ],
  ...[
    'a = 1979-02-30',
    'a = 24:00:00',
    'a = 07:32',
    'a = 9223372036854775808',
    'a = "x\ny"',
    '# \x01',
    '[a]]',
    'é = 1',
  ],
])('%j is no TOML 1.0', (text) => {
  expect(() => parse(text)).toThrow(TomlError);
});

test('an error points into the text', () => {
  expect(() => parse('x = 1\nattr = 9223372036854775808')).toThrow(
    [
      '[error] toml::parse_dec_integer: too large integer: current max digits = 2^63',
      ' --> fromTOML',
      '   |',
      ' 2 | attr = 9223372036854775808',
      '   |                           ^-- must be < 2^63',
      '',
    ].join('\n'),
  );
});

const keys = fc.constantFrom('a', 'b', 'c', '"a b"', "'x'", 'a-1', '1', '""');
const dotted = fc.array(keys, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('.'));
const scalars = fc.constantFrom(
  ...['1', '-2', '+3', '1_000', '0x1f', '1.5', '-1e3', 'true', 'false', '"s"', "'lit\\'", '"\\t\\""'],
  ...['"""m\nn"""', "'''x\ny'''", '"""\\\n  z"""', '""""a"""', '01', '1__0', '1.', '"\\q"', 'tru', '1979-05-27'],
);
const values = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    scalars,
    fc.array(tie('value'), { maxLength: 3 }).map((items) => `[ ${items.join(', ')} ]`),
    fc
      .array(fc.tuple(dotted, tie('value')), { maxLength: 2 })
      .map((pairs) => `{ ${pairs.map((pair) => pair.join(' = ')).join(', ')} }`),
  ),
})).value;
const lines = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(dotted, values).map((pair) => pair.join(' = ')) },
  { weight: 2, arbitrary: dotted.map((key) => `[${key}]`) },
  dotted.map((key) => `[[${key}]]`),
  fc.constantFrom('', '# c', '=', '[a'),
);
const documents = fc.array(lines, { maxLength: 5 }).map((all) => all.join('\n'));

test('what this parser and another one read, they read alike', () => {
  const withoutDates = documents.filter((text) => !text.includes('1979'));
  fc.assert(
    fc.property(withoutDates, (text) => {
      let ours: unknown;
      try {
        ours = parse(text);
      } catch (error) {
        expect(error).toBeInstanceOf(TomlError);
        return;
      }
      expect(ours).toEqual(JSON.parse(JSON.stringify(parseBySmolToml(text))));
    }),
  );
});

oracleTest(
  'generated documents are read, or refused, as by the real Nix',
  async () => {
    const texts = fc.sample(documents, { seed: 3, numRuns: 500 });
    const answers = await askNix(
      texts.map((text) => `builtins.fromTOML ${literal(text)}`),
      'parse-toml-timestamps',
    );
    for (const [i, text] of texts.entries()) {
      const answer = answers[i]!;
      if ('error' in answer) expect(() => parse(text), text).toThrow(TomlError);
      else expect(parse(text), text).toEqual(answer.json);
    }
  },
  60_000,
);
