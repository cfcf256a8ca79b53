/** Reading units and their names. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { booleanOf, parseUnit, valuesOf, wordsOf } from '../../../src/activate/units/unit-file.ts';
import { isTemplate, parseUnitName, siblingOf, templateOf } from '../../../src/activate/units/unit-name.ts';

const plain = (...texts: string[]) =>
  Object.fromEntries([...parseUnit(texts)].map(([name, keys]) => [name, Object.fromEntries(keys)]));

describe('a unit’s text', () => {
  test.each<[string, string[], object]>([
    ['sections and keys', ['[Unit]\nA=1\n[Service]\nB = x y \n'], { Unit: { A: ['1'] }, Service: { B: ['x y'] } }],
    ['comments', ['# a\n[Unit]\n; b\nA=1 # not one\n'], { Unit: { A: ['1 # not one'] } }],
    [
      'lines that go on',
      ['[Unit]\nA=one \\\n  two\\\n# between\n  three\nB=1'],
      { Unit: { A: ['one two three'], B: ['1'] } },
    ],
    ['values that add up', ['[Unit]\nA=1\nA=2\n'], { Unit: { A: ['1', '2'] } }],
    ['an empty value forgets', ['[Unit]\nA=1\nA=\nA=2\n'], { Unit: { A: ['2'] } }],
    [
      'drop-ins come after',
      ['[Service]\nA=1\nB=1\n', '[Service]\nA=\nA=2\n[Unit]\nC=3'],
      { Service: { A: ['2'], B: ['1'] }, Unit: { C: ['3'] } },
    ],
    ['a section twice', ['[Unit]\nA=1\n[X]\n[Unit]\nB=2'], { Unit: { A: ['1'], B: ['2'] }, X: {} }],
    ['what is no assignment', ['A=0\n[Unit]\nnonsense\n=x\nA=1=2\n'], { Unit: { A: ['1=2'] } }],
    ['an end in the middle', ['[Unit]\nA=1 \\'], { Unit: { A: ['1'] } }],
  ])('%s', (_, texts, expected) => {
    expect(plain(...texts)).toEqual(expected);
  });

  test('values, words, and yes or no', () => {
    const unit = parseUnit(['[A]\nwords=a b\nwords=c\nyes=on\nno=FALSE\nlast=1\nlast=no\nodd=maybe\n']);
    expect(valuesOf(unit, 'A', 'words')).toEqual(['a b', 'c']);
    expect(wordsOf(unit, 'A', 'words')).toEqual(['a', 'b', 'c']);
    expect(['yes', 'no', 'last', 'odd', 'none'].map((key) => booleanOf(unit, 'A', key, true))).toEqual([
      true,
      false,
      false,
      true,
      true,
    ]);
  });

  test('anything is read', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseUnit([text])));
  });

  test('what is written is read again', () => {
    const key = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,8}$/);
    const value = fc.stringMatching(/^[\x21-\x5b\x5d-\x7e]([\x20-\x5b\x5d-\x7e]{0,10}[\x21-\x5b\x5d-\x7e])?$/);
    const content = fc.dictionary(
      key,
      fc.dictionary(key, fc.array(value, { minLength: 1 }), { noNullPrototype: true }),
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(content, (sections) => {
        const text = Object.entries(sections)
          .map(
            ([name, keys]) =>
              `[${name}]\n${Object.entries(keys)
                .flatMap(([k, values]) => values.map((v) => `${k}=${v}\n`))
                .join('')}`,
          )
          .join('');
        expect(plain(text)).toEqual(sections);
      }),
    );
  });
});

test('names: instances may have dots and more in them', () => {
  expect(parseUnitName('a.service')).toMatchObject({ prefix: 'a', instance: undefined, type: 'service' });
  expect(parseUnitName('a@10.0.0.1.service')).toMatchObject({ prefix: 'a', instance: '10.0.0.1', type: 'service' });
  expect(parseUnitName('a@b@c.socket')).toMatchObject({ prefix: 'a', instance: 'b@c', type: 'socket' });
  expect(parseUnitName('a@.service')).toMatchObject({ instance: '' });
  expect(parseUnitName('-.mount')).toMatchObject({ prefix: '-', type: 'mount' });
  expect(parseUnitName('srv-a\\x2db.mount')).toMatchObject({ type: 'mount' });
  for (const bad of ['a', 'a.b', '.service', '@x.service', 'a/b.service', 'a b.service']) {
    expect(parseUnitName(bad), bad).toBeUndefined();
  }
  expect([templateOf('a@b.c.service'), templateOf('a@.service'), templateOf('a.service')]).toEqual([
    'a@.service',
    undefined,
    undefined,
  ]);
  expect([isTemplate('a@.service'), isTemplate('a@b.service')]).toEqual([true, false]);
  expect(siblingOf('a.service', 'socket')).toBe('a.socket');
});
