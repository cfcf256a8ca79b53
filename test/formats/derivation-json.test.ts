import { describe, expect, test } from 'vitest';
import {
  derivationFromJson,
  derivationToJson,
  type FormatErrorCode,
  parseDerivation,
  parseJson,
  printJson,
} from '../../src/formats/index.ts';
import { expectFormatError } from '../support/expect-format-error.ts';

const dir = '/nix/store';
const input = '97qlv6h78lxlm9zc8849ahsbcklhsi2y-x.drv';
const text = `{"args":["-c"],"builder":"/bin/sh","env":{"out":"/1rz4"},"inputs":{"drvs":{"${input}":{"dynamicOutputs":{},"outputs":["out"]}},"srcs":[]},"name":"y","outputs":{"out":{"hashAlgo":"sha256","method":"nar"}},"structuredAttrs":{"a":1.5},"system":"x86_64-linux","version":4}`;

test('the form of Nix 2.34', () => {
  const drv = parseDerivation(
    dir,
    `Derive([("out","","r:sha256","")],[("${dir}/${input}",["out"])],[],"x86_64-linux","/bin/sh",["-c"],[("__json","{\\"a\\":1.5}"),("out","/1rz4")])`,
    'y',
  );
  expect(printJson(derivationToJson(drv))).toBe(text);
  expect(derivationFromJson(dir, parseJson(text, 'formats/derivation-json'))).toEqual(drv);
});

describe('JSON that is refused', () => {
  const cases: [string, FormatErrorCode, string][] = [
    ['of another version', 'formats/derivation-json', text.replace('"version":4', '"version":3')],
    ['with a version in words', 'formats/derivation-json', text.replace('"version":4', '"version":"4"')],
    ['without a name', 'formats/derivation-json', text.replace('"name":"y",', '')],
    ['with a bad name', 'formats/store-path-name', text.replace('"name":"y"', '"name":"y/z"')],
    ['with an unknown kind of output', 'formats/derivation-json', text.replace('"method"', '"how"')],
    ['with an unknown method', 'formats/derivation-json', text.replace('"nar"', '"tar"')],
    ['with an unknown algorithm', 'formats/hash-algorithm', text.replace('sha256', 'sha3')],
    [
      'with dynamic outputs',
      'formats/derivation-json',
      text.replace('"dynamicOutputs":{}', '"dynamicOutputs":{"out":{}}'),
    ],
    ['with full paths', 'formats/store-path', text.replace(input, `${dir}/${input}`)],
    ['with numbers for texts', 'formats/derivation-json', text.replace('"-c"', '1')],
    ['with a text for a list', 'formats/derivation-json', text.replace('["-c"]', '"-c"')],
    ['with structured attributes in env', 'formats/derivation-json', text.replace('"env":{', '"env":{"__json":"{}",')],
    ['that is none', 'formats/derivation-json', text.slice(1)],
    ['that is a list', 'formats/derivation-json', '[]'],
  ];
  test.each(cases)('%s', (_, code, damaged) => {
    expectFormatError(code, () => derivationFromJson(dir, parseJson(damaged, 'formats/derivation-json')));
  });
});
