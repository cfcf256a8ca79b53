/** The paths here were computed by the real Nix. */
import { expect, test } from 'vitest';
import {
  contentAddressText,
  hashBytes,
  makeFixedOutputPath,
  makeStorePath,
  makeTextPath,
  methodPrefix,
  parseContentAddress,
  parseMethodAlgorithm,
  type StorePath,
} from '../../src/formats/index.ts';
import { expectFormatError } from '../support/expect-format-error.ts';

const dir = '/nix/store';
const sha256 = hashBytes('sha256', 'abc');

test('texts, with and without references', () => {
  const foo = makeTextPath(dir, 'foo', hashBytes('sha256', 'bar'), []);
  expect(foo).toBe('/nix/store/vxjiwkjkn7x4079qvh1jkl5pn05j2aw0-foo');
  expect(makeTextPath(dir, 'with-ref', hashBytes('sha256', foo), [foo])).toBe(
    '/nix/store/xxzkvla2s3w9j9jrqdfmzmg90i1x0pw8-with-ref',
  );
});

test('fixed outputs', () => {
  const path = (method: 'flat' | 'nar', algorithm: 'md5' | 'sha1' | 'sha256'): string =>
    makeFixedOutputPath(dir, { method, hash: hashBytes(algorithm, 'abc'), name: 'f' });
  expect(path('flat', 'sha256')).toBe('/nix/store/4iq0mcxymblzl1gqy5qv51ncqb170c63-f');
  expect(path('nar', 'sha256')).toBe('/nix/store/92mx48lzpi4pbjmxnj2hdspiss0vgr6s-f');
  expect(path('nar', 'md5')).toBe('/nix/store/5f5vgzwxzzikdq6lq4adx8dx3ddagycg-f');
  expect(path('flat', 'sha1')).toBe('/nix/store/d49n0xmdwzs514sdqnb96j4rl697h1h3-f');
});

test('references count as a set, and a self reference is one of its own', () => {
  const [a, b] = ['a', 'b'].map((name) => makeTextPath(dir, name, sha256, [])) as [StorePath, StorePath];
  const path = (others: StorePath[], self: boolean): string =>
    makeFixedOutputPath(dir, { method: 'nar', hash: sha256, name: 'x', references: { others, self } });
  expect(path([a, b], false)).toBe(path([b, a, b], false));
  expect(new Set([path([], false), path([], true), path([a], false), path([a], true)]).size).toBe(4);
});

test('references that a method cannot have are refused', () => {
  const other = makeTextPath(dir, 'a', sha256, []);
  const make = (method: 'flat' | 'text', references: { others: StorePath[]; self: boolean }) => () =>
    makeFixedOutputPath(dir, { method, hash: sha256, name: 'x', references });
  expectFormatError('formats/content-address', make('flat', { others: [other], self: false }));
  expectFormatError('formats/content-address', make('flat', { others: [], self: true }));
  expectFormatError('formats/content-address', make('text', { others: [], self: true }));
  const of = (method: 'text' | 'git', algorithm: 'md5' | 'sha1') => () =>
    makeFixedOutputPath(dir, { method, hash: hashBytes(algorithm, ''), name: 'x' });
  expectFormatError('formats/content-address', of('text', 'sha1'));
  expectFormatError('formats/content-address', of('git', 'md5'));
});

test('content addresses', () => {
  const nix32 = '1b8m03r63zqhnjf7l5wnldhh7c134ap5vpj0850ymkq1iyzicy5s';
  expect(contentAddressText('nar', sha256)).toBe(`fixed:r:sha256:${nix32}`);
  expect(contentAddressText('flat', sha256)).toBe(`fixed:sha256:${nix32}`);
  expect(contentAddressText('git', sha256)).toBe(`fixed:git:sha256:${nix32}`);
  expect(contentAddressText('text', sha256)).toBe(`text:sha256:${nix32}`);
  for (const text of [
    '',
    'fixed',
    'text:r:sha256:0',
    `r:sha256:${nix32}`,
    `fixed:x:sha256:${nix32}`,
    `sha256:${nix32}`,
  ]) {
    expect(() => parseContentAddress(text)).toThrow();
  }
  expectFormatError('formats/content-address', () => parseContentAddress(`nar:sha256:${nix32}`));
  expectFormatError('formats/hash-algorithm', () => parseContentAddress(`fixed:r:sha3:${nix32}`));
  expectFormatError('formats/hash', () => parseContentAddress('fixed:r:sha256:0'));
});

test('the method and the algorithm of an output', () => {
  for (const method of ['flat', 'nar', 'text', 'git'] as const) {
    expect(parseMethodAlgorithm(`${methodPrefix(method)}sha1`)).toEqual({ method, algorithm: 'sha1' });
  }
  for (const text of ['', 'x:sha256', 'r:', 'r:r:sha256']) {
    expectFormatError('formats/hash-algorithm', () => parseMethodAlgorithm(text));
  }
});

test('a bad name has no path', () => {
  expectFormatError('formats/store-path-name', () => makeStorePath(dir, 'text', sha256, 'a b'));
});
