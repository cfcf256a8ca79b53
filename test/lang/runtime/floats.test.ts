/** Floats as text: three ways to write one, each byte for byte what C and Nix write. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatFixed, formatFloat } from '../../../src/lang/runtime/floats.ts';
import { jsonFloat } from '../../../src/lang/runtime/json-text.ts';
import { Float } from '../../../src/lang/runtime/value.ts';
import { oracleTest } from '../../support/oracle.ts';
import { askNix } from '../builtins/support.ts';

const positive = fc.double({ min: Number.MIN_VALUE, noNaN: true, noDefaultInfinity: true });

test('JSON reads back as the same float, and has no more digits than a float can', () => {
  fc.assert(
    fc.property(positive, (value) => {
      expect(
        jsonFloat(value)
          .replace(/e.*|[.]/g, '')
          .replace(/^0+|0+$/g, '').length,
      ).toBeLessThanOrEqual(17);
      expect(Number(jsonFloat(value))).toBe(value);
    }),
    { numRuns: 2000 },
  );
});

test.each([
  [0, '0', '0.000000', '0.0'],
  [-0, '-0', '-0.000000', '-0.0'],
  [1, '1', '1.000000', '1.0'],
  [-2.5, '-2.5', '-2.500000', '-2.5'],
  [0.1, '0.1', '0.100000', '0.1'],
  [1e6, '1e+06', '1000000.000000', '1000000.0'],
  [123456.5, '123456', '123456.500000', '123456.5'],
  [1e-5, '1e-05', '0.000010', '1e-05'],
  [1e15, '1e+15', '1000000000000000.000000', '1e+15'],
  [1e22, '1e+22', '10000000000000000000000.000000', '1e+22'],
  [999999.5, '1e+06', '999999.500000', '999999.5'],
])('%d', (value, general, fixed, json) => {
  expect([formatFloat(new Float(value)), formatFixed(new Float(value)), jsonFloat(value)]).toEqual([
    general,
    fixed,
    json,
  ]);
});

test('halves are rounded to even, where JavaScript rounds up', () => {
  expect(formatFixed(new Float(0.0078125))).toBe('0.007812');
  expect(formatFixed(new Float(0.0234375))).toBe('0.023438');
  expect((0.0078125).toFixed(6)).toBe('0.007813');
  expect(formatFloat(new Float(100000.5))).toBe('100000');
  expect(formatFloat(new Float(100001.5))).toBe('100002');
});

oracleTest('random floats are written as the real Nix writes them', async () => {
  const halves = [7, 8, 9, 20].flatMap((power) => [1, 3, 5, 11].map((n) => n / 2 ** power));
  const values = [...halves, ...fc.sample(positive, { numRuns: 300, seed: 7 })];
  const literal = (value: number): string => {
    const text = String(value);
    return /[.]/.test(text) ? text : /e/.test(text) ? text.replace('e', '.0e') : `${text}.0`;
  };
  const answers = await askNix(
    values.map((value) => `let x = builtins.fromJSON "${literal(value)}"; in [ (toString x) (builtins.toJSON x) ]`),
  );
  expect(answers).toEqual(values.map((value) => ({ json: [formatFixed(new Float(value)), jsonFloat(value)] })));
});
