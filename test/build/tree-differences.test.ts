/** Differences between trees. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { treeDifferences } from '../../src/build/outputs/tree-differences.ts';
import { removeTree } from '../../src/store/index.ts';
import { scratchFolder } from './support.ts';

let folder: string;
beforeEach(() => {
  folder = scratchFolder('memory');
});
afterEach(() => removeTree(folder));

type Tree = string | { readonly [name: string]: Tree } | { readonly link: string; readonly isLink: true };

function write(path: string, tree: Tree): string {
  if (typeof tree === 'string') fs.writeFileSync(path, tree, 'latin1');
  else if ('isLink' in tree) fs.symlinkSync(tree['link'] as string, path);
  else {
    fs.mkdirSync(path);
    for (const [name, below] of Object.entries(tree)) write(join(path, name), below as Tree);
  }
  return path;
}

const compared = (first: Tree, second: Tree, most = 10) =>
  treeDifferences(write(join(folder, 'first'), first), write(join(folder, 'second'), second), most).map(
    ({ path, what }) => `${path}: ${what}`,
  );

test('names, kinds, links and contents', () => {
  const link = (to: string): Tree => ({ link: to, isLink: true });
  const first = { a: 'same', b: { c: 'x' }, d: 'one\ntwo\nthree', e: link('a'), f: 'text', only: '' };
  const second = { a: 'same', b: { c: 'x', n: '' }, d: 'one\n2\nthree', e: link('b'), f: { g: '' } };
  expect(compared(first, second)).toEqual([
    'b/n: only in the second',
    "d: line 2: 'two' is '2'",
    "e: leads to 'a' in the first, to 'b' in the second",
    'f: a file in the first, a directory in the second',
    'only: only in the first',
  ]);
});

test('bytes that are no text, and a mode', () => {
  expect(compared({ a: '\0\x01\x02\x03', b: '\0\x01' }, { a: '\0\x01\x04\x03', b: '\0' })).toEqual([
    'a: from byte 2: 0203 is 0403',
    'b: the second ends at byte 1',
  ]);
  const [one, other] = [write(join(folder, 'x'), 'y'), write(join(folder, 'z'), 'y')];
  fs.chmodSync(one, 0o755);
  expect(treeDifferences(one, other, 1)).toEqual([{ path: '', what: 'executable in the first alone' }]);
});

test('a difference behind the first block', () => {
  const long = `${'line\n'.repeat(300_000)}`;
  expect(compared(`${long}end`, `${long}END`)).toEqual([": line 300001: 'end' is 'END'"]);
});

test('no more than are wanted', () => {
  const names = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`n${i}`, '']));
  expect(compared(names, {}, 5).length).toBe(5);
});

test('two files differ where they do, and nowhere else', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary-ascii' }), fc.string({ unit: 'binary-ascii' }), (one, other) => {
      fs.rmSync(folder, { recursive: true });
      fs.mkdirSync(folder);
      expect(compared(one, other).length).toBe(one === other ? 0 : 1);
    }),
  );
});
