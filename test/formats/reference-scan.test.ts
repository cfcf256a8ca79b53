import { expect, test } from 'vitest';
import { HashPartSearch, HashRewriter, ReferenceScanner, rewriteHashes } from '../../src/formats/index.ts';
import { expectFormatError } from '../support/expect-format-error.ts';

const a = '00bgd045z0d4icpbc2yyz4gx48ak44la';
const b = '0alzbhxxbcpmjhaag0ygi0f7cz8sb3d6';

test('a reference is found in any context, at any border', () => {
  const text = `xyz/nix/store/${a}-foo/bin:${b.slice(1)}`;
  for (let cut = 0; cut <= text.length; cut++) {
    const scanner = new ReferenceScanner([a, b]);
    scanner.push(Buffer.from(text.slice(0, cut)));
    scanner.push(Buffer.from(text.slice(cut)));
    expect(scanner.found()).toEqual(new Set([a]));
  }
});

test('byte by byte', () => {
  const scanner = new ReferenceScanner([a, b]);
  for (const byte of Buffer.from(`${b}${a}`)) scanner.push(Uint8Array.of(byte));
  expect(scanner.found()).toEqual(new Set([a, b]));
});

test('a piece that its owner uses again is not kept', () => {
  const scanner = new ReferenceScanner([a]);
  const piece = Buffer.from(a.slice(0, 31));
  scanner.push(piece);
  piece.fill(0);
  scanner.push(Buffer.from(a.slice(31)));
  expect(scanner.found()).toEqual(new Set([a]));
});

test('the search goes on from where it is told', () => {
  const bytes = Buffer.from(`-${a}${a}`);
  const search = new HashPartSearch([a]);
  expect([search.next(bytes, 0), search.next(bytes, 2), search.next(bytes, 34)]).toEqual([1, 33, -1]);
});

test('what is rewritten is not looked at again', () => {
  const half = '0'.repeat(16);
  const from = `${half}${'1'.repeat(16)}`;
  const to = `${'1'.repeat(16)}${half}`;
  const text = `${from}${'1'.repeat(16)}`;
  expect(Buffer.from(rewriteHashes(Buffer.from(text), new Map([[from, to]]))).toString()).toBe(
    `${to}${'1'.repeat(16)}`,
  );
});

test('pieces without a match are given out without a copy', () => {
  const chunks: Uint8Array[] = [];
  const rewriter = new HashRewriter(new Map([[a, b]]), (chunk) => chunks.push(chunk));
  const piece = Buffer.alloc(1000, 'e');
  rewriter.push(piece);
  rewriter.finish();
  expect(chunks.map(({ length }) => length)).toEqual([969, 31]);
  expect(chunks[0]!.buffer).toBe(piece.buffer);
});

test('nothing to rewrite passes as it is', () => {
  const chunks: Uint8Array[] = [];
  const rewriter = new HashRewriter(new Map(), (chunk) => chunks.push(chunk));
  rewriter.push(Buffer.from(a));
  rewriter.finish();
  expect(Buffer.concat(chunks).toString()).toBe(a);
});

test('only hash parts can be looked for and put in', () => {
  expectFormatError('formats/rewrite', () => new ReferenceScanner(['x']));
  expectFormatError('formats/rewrite', () => new ReferenceScanner(['e'.repeat(32)]));
  expectFormatError('formats/rewrite', () => rewriteHashes(Buffer.from(''), new Map([[a, 'short']])));
});
