/** NIX_PATH: the entries of a text, URLs among them. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseNixPath, parseSearchPathEntry } from '../../src/app/search-path.ts';
import { oracle, oracleTest } from '../support/oracle.ts';

test.each([
  ['', []],
  ['a', ['a']],
  ['a:b=c:/d', ['a', 'b=c', '/d']],
  ['::a:', ['a']],
  ['n=https://h/x.tar.gz:b', ['n=https://h/x.tar.gz', 'b']],
  ['https://h:8080', ['https://h', '8080']],
  ['n=channel:stable:b', ['n=channel:stable', 'b']],
  ['n=flake:x:b', ['n=flake:x', 'b']],
  ['n=ftp://h/x', ['n=ftp', '//h/x']],
])('%j', (text, entries) => {
  expect(parseNixPath(text)).toEqual(entries);
});

test('an entry is split at its first equals sign', () => {
  expect(parseSearchPathEntry('a=b=c')).toEqual({ prefix: 'a', path: 'b=c' });
  expect(parseSearchPathEntry('/x')).toEqual({ prefix: '', path: '/x' });
});

test('plain entries come back as they went in', () => {
  const entry = fc.stringMatching(/^[a-z]{0,4}=?[a-z/.]{1,9}$/);
  fc.assert(
    fc.property(fc.array(entry), (entries) => {
      expect(parseNixPath(entries.join(':'))).toEqual(entries);
    }),
  );
});

oracleTest('the same as real Nix', async () => {
  const texts = ['a:b=c:/d', '::a:', 'n=https://h/x.tar.gz:b', 'a=b=c:x', 'n=channel:stable:b', 'https://h:8080'];
  for (const text of texts) {
    const words = ['nix-instantiate', '--eval', '--strict', '--json', '-E', 'builtins.nixPath'];
    const { stdout } = await oracle(words, { env: { ...process.env, NIX_PATH: text, NIX_REMOTE: 'dummy://' } });
    expect(JSON.parse(stdout), text).toEqual(parseNixPath(text).map(parseSearchPathEntry));
  }
});
