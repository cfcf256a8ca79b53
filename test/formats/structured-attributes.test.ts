import { expect, test } from 'vitest';
import {
  attributesForBuilder,
  attributesForShell,
  canonicalStructuredAttributes,
  parseJsonObject,
  printJson,
  structuredAttributes,
} from '../../src/formats/index.ts';
import { expectFormatError } from '../support/expect-format-error.ts';

const of = (text: string) => parseJsonObject(text, 'formats/structured-attributes');

test('the text is canonical: sorted, without white space, numbers as they are printed', () => {
  expect(canonicalStructuredAttributes('{"b": 1.50, "a": [1, 2 , 1e3], "u":"\\u00e9\\/" }')).toBe(
    '{"a":[1,2,1000.0],"b":1.5,"u":"\u00c3\u00a9/"}',
  );
  expect(canonicalStructuredAttributes('{"\\ud83d\\ude00":1,"\\uffff":2,"a":1,"a":2}')).toBe(
    '{"a":2,"\u00ef\u00bf\u00bf":2,"\u00f0\u009f\u0098\u0080":1}',
  );
});

test('integers of 64 bits are exact, larger ones are doubles', () => {
  expect(
    canonicalStructuredAttributes(
      '{"a":[9223372036854775807,-9223372036854775808,18446744073709551615,18446744073709551616,-0,-0.0]}',
    ),
  ).toBe('{"a":[9223372036854775807,-9223372036854775808,18446744073709551615,1.8446744073709552e+19,0,-0.0]}');
});

test('names of JavaScript are names like others', () => {
  const text = '{"__proto__":{"constructor":1},"toString":2}';
  expect(canonicalStructuredAttributes(text)).toBe(text);
});

test('what is not a JSON object is refused', () => {
  const texts = [
    '',
    '[]',
    '1',
    '"x"',
    'null',
    '{',
    '{"a":1e999}',
    '{"a":"\\ud800"}',
    '{"a":"\u00ff"}',
    '{a:1}',
    '[1,]',
  ];
  for (const text of texts) {
    expectFormatError('formats/structured-attributes', () => canonicalStructuredAttributes(text));
  }
});

test('a derivation without them has none', () => {
  expect(structuredAttributes({ env: new Map([['a', '{}']]) })).toBeUndefined();
  expect(structuredAttributes({ env: new Map([['__json', '{}']]) })?.size).toBe(0);
});

test('the builder finds the paths of the outputs', () => {
  const attributes = attributesForBuilder(of('{"outputs":["out"],"a":1}'), new Map([['out', '/nix/store/x']]));
  expect(printJson(attributes)).toBe('{"a":1,"outputs":{"out":"/nix/store/x"}}');
});

test('bash gets what bash can hold', () => {
  expect(attributesForShell(of(`{"s":"it's","n":1,"f":1.5,"w":2.0,"t":true,"f0":false,"z":null,"a-b":1}`))).toBe(
    ['declare f0=', 'declare n=1', `declare s='it'\\''s'`, 'declare t=1', 'declare w=2', "declare z=''", ''].join('\n'),
  );
  expect(attributesForShell(of('{"l":["a b",1,false],"e":[],"m":[1.5],"n":[[]]}'))).toBe(
    "declare -a e=()\ndeclare -a l=('a b' 1  )\n",
  );
  expect(attributesForShell(of('{"o":{"b c":1,"a":"x"},"p":{"q":{}},"e":{}}'))).toBe(
    "declare -A e=()\ndeclare -A o=(['a']='x' ['b c']=1 )\n",
  );
});

test('whole numbers are cut to 32 bits', () => {
  expect(attributesForShell(of('{"a":4294967297,"b":2147483648,"c":1e20,"d":-3.0,"e":16777217.4}'))).toBe(
    ['declare a=1', 'declare b=-2147483648', 'declare c=-2147483648', 'declare d=-3', 'declare e=16777217', ''].join(
      '\n',
    ),
  );
});
