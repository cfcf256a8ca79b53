import { describe, expect, test } from 'vitest';
import {
  baseNameOf,
  checkName,
  derivationNameOf,
  hashPartOf,
  isDerivationPath,
  isStorePath,
  makeStorePathOf,
  nameOf,
  parseBaseName,
  parseStorePath,
  splitStorePath,
} from '../../src/formats/index.ts';
import { expectFormatError } from '../support/expect-format-error.ts';

const dir = '/nix/store';
const hashPart = 'vxjiwkjkn7x4079qvh1jkl5pn05j2aw0';
const path = makeStorePathOf(dir, hashPart, 'foo-1.2.drv');

test('a path has its parts', () => {
  expect(path).toBe(`/nix/store/${hashPart}-foo-1.2.drv`);
  expect([hashPartOf(path), nameOf(path), baseNameOf(path)]).toEqual([
    hashPart,
    'foo-1.2.drv',
    `${hashPart}-foo-1.2.drv`,
  ]);
  expect(isDerivationPath(path)).toBe(true);
  expect(derivationNameOf(path)).toBe('foo-1.2');
  expect(parseBaseName(dir, baseNameOf(path))).toBe(path);
  expectFormatError('formats/store-path', () => derivationNameOf(makeStorePathOf(dir, hashPart, 'foo')));
});

describe('what is no store path', () => {
  const texts = {
    'of another store': '/gnu/store/vxjiwkjkn7x4079qvh1jkl5pn05j2aw0-foo',
    'a store that begins alike': '/nix/store2/vxjiwkjkn7x4079qvh1jkl5pn05j2aw0-foo',
    'a path inside': `${path}/bin`,
    'with a slash at its end': `${path}/`,
    'not normalised': `/nix/store//${hashPart}-foo`,
    'with a line break at its end': `${path}\n`,
    'with a foreign letter in its hash': `/nix/store/e${hashPart.slice(1)}-foo`,
    'with a short hash': `/nix/store/${hashPart.slice(1)}-foo`,
    'without a dash': `/nix/store/${hashPart}.foo`,
    'without a name': `/nix/store/${hashPart}-`,
    'with nothing after its hash': `/nix/store/${hashPart}`,
    'with a bad name': `/nix/store/${hashPart}-.-x`,
    'not in Latin letters': `/nix/store/${hashPart}-fo\u00f6`,
    empty: '',
  };
  test.each(Object.entries(texts))('%s', (_, text) => {
    expect(isStorePath(dir, text)).toBe(false);
    expectFormatError('formats/store-path', () => parseStorePath(dir, text));
  });
});

test('names', () => {
  for (const name of ['a', '.a', '..a', '...', '.a-b', '+-._?=', 'A'.repeat(211)]) checkName(name);
  for (const name of ['', '.', '..', '.-', '..-', '.-a', '..-a', 'a b', 'a/b', 'a\0', 'a\n', 'ä', 'A'.repeat(212)]) {
    expectFormatError('formats/store-path-name', () => checkName(name));
  }
  expectFormatError('formats/store-path-name', () => makeStorePathOf(dir, hashPart, '.'));
  expectFormatError('formats/store-path', () => makeStorePathOf(dir, 'x', 'a'));
});

test('a path inside of a store object is split from it', () => {
  expect(splitStorePath(dir, `${path}/bin/x`)).toEqual({ path, rest: '/bin/x' });
  expect(splitStorePath(dir, path)).toEqual({ path, rest: '' });
  expect(splitStorePath(dir, dir)).toBeUndefined();
  expect(splitStorePath(dir, `${dir}/.links/x`)).toBeUndefined();
  expect(splitStorePath(dir, '/etc/passwd')).toBeUndefined();
});
