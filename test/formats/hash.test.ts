import { expect, test } from 'vitest';
import {
  compressHash,
  createHasher,
  formatHash,
  hashBytes,
  hashEquals,
  parseHash,
  parseHashAlgorithm,
  parseHashDigits,
  parseHashWithBase,
  sha256Hex,
  withPrefix,
} from '../../src/formats/index.ts';
import { expectFormatError } from '../support/expect-format-error.ts';

const abc = hashBytes('sha256', 'abc');

test('a digest has four texts', () => {
  expect(formatHash(abc, 'base16')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(formatHash(abc, 'nix32')).toBe('1b8m03r63zqhnjf7l5wnldhh7c134ap5vpj0850ymkq1iyzicy5s');
  expect(formatHash(abc, 'base64')).toBe('ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=');
  expect(formatHash(abc, 'sri')).toBe('sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=');
  expect(withPrefix(abc, 'sri')).toBe(formatHash(abc, 'sri'));
  expect(withPrefix(abc, 'nix32')).toBe(`sha256:${formatHash(abc, 'nix32')}`);
});

test('the form is told by the length, or by the dash', () => {
  const bases = ['base16', 'nix32', 'base64', 'sri'] as const;
  expect(bases.map((base) => parseHashWithBase(withPrefix(abc, base)).base)).toEqual(bases);
  expect(hashEquals(parseHash(formatHash(abc, 'base16').toUpperCase(), 'sha256'), abc)).toBe(true);
  expect(hashEquals(parseHashDigits(formatHash(abc, 'nix32'), 'sha256'), abc)).toBe(true);
});

test('digests of byte strings are those of their bytes, in one piece or several', () => {
  const hasher = createHasher('sha256');
  hasher.update('a');
  hasher.update(Uint8Array.of(0x62));
  hasher.update('c');
  expect(hashEquals(hasher.digest(), abc)).toBe(true);
  expect(sha256Hex('\u00ff')).toBe(sha256Hex(Uint8Array.of(255)));
  expect(formatHash(hashBytes('md5', ''), 'base16')).toBe('d41d8cd98f00b204e9800998ecf8427e');
});

test('hashes of other lengths, algorithms and letters are refused', () => {
  const digits = formatHash(abc, 'base16');
  expectFormatError('formats/hash', () => parseHash(digits));
  expectFormatError('formats/hash', () => parseHash(`sha256:${digits}`, 'md5'));
  expectFormatError('formats/hash', () => parseHash(digits.slice(1), 'sha256'));
  expectFormatError('formats/hash', () => parseHash(`x${digits.slice(1)}`, 'sha256'));
  expectFormatError('formats/hash', () => parseHash(`sha256-${digits}`));
  expectFormatError('formats/hash', () => parseHash('sha256-!'));
  expectFormatError('formats/hash-algorithm', () => parseHash(`sha3:${digits}`));
  expectFormatError('formats/hash-algorithm', () => parseHashAlgorithm('constructor'));
  expectFormatError('formats/nix32', () => parseHash('e'.repeat(52), 'sha256'));
});

test('BLAKE3, which Node does not have', () => {
  expect(formatHash(hashBytes('blake3', ''), 'base16')).toBe(
    'af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262',
  );
  const hasher = createHasher('blake3');
  hasher.update('a');
  hasher.update(Buffer.from('bc'));
  const abcHash = hasher.digest();
  expect(hashEquals(parseHash(formatHash(abcHash, 'sri')), abcHash)).toBe(true);
  expect(formatHash(abcHash, 'base16')).toBe('6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85');
});

test('folding keeps every byte', () => {
  expect(Array.from(compressHash(Uint8Array.of(1, 2, 3, 4, 5), 2))).toEqual([1 ^ 3 ^ 5, 2 ^ 4]);
});
