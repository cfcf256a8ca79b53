import { expect, test } from 'vitest';
import { formatJsonDouble } from '../../src/formats/index.ts';

test('plain up to fifteen places, an exponent of two digits or more beyond', () => {
  const texts: [number, string][] = [
    [0, '0.0'],
    [-0, '-0.0'],
    [1, '1.0'],
    [-1.5, '-1.5'],
    [1000, '1000.0'],
    [1e14, '100000000000000.0'],
    [1e15, '1e+15'],
    [123456789012345.6, '123456789012345.6'],
    [1e20, '1e+20'],
    [0.1, '0.1'],
    [0.001, '0.001'],
    [0.0001, '0.0001'],
    [0.00001, '1e-05'],
    [0.000012, '1.2e-05'],
    [5e-324, '5e-324'],
    [Number.MAX_VALUE, '1.7976931348623157e+308'],
    [2.2250738585072014e-308, '2.2250738585072014e-308'],
  ];
  expect(texts.map(([value]) => formatJsonDouble(value))).toEqual(texts.map(([, text]) => text));
});

test('digits are those of Grisu2, which are not always the shortest', () => {
  expect(formatJsonDouble(142858867640078.38)).toBe('142858867640078.37');
  expect(formatJsonDouble(2.6481591499259107e-282)).toBe('2.6481591499259108e-282');
});
