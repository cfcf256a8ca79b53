import { expect, test } from 'vitest';
import { nix32Decode, nix32Encode, nix32Length } from '../../src/formats/index.ts';
import { expectFormatError } from '../support/expect-format-error.ts';

test('the digits run from the last bits to the first', () => {
  expect(nix32Encode(Uint8Array.of())).toBe('');
  expect(nix32Encode(Uint8Array.of(0))).toBe('00');
  expect(nix32Encode(Uint8Array.of(0x1f))).toBe('0z');
  expect(nix32Encode(Uint8Array.of(0xff))).toBe('7z');
  expect(nix32Encode(Uint8Array.of(0x20, 0x00))).toBe('0010');
  expect(nix32Encode(new Uint8Array(20).fill(0xff))).toBe('z'.repeat(32));
  expect([0, 1, 5, 16, 20, 32, 64].map(nix32Length)).toEqual([0, 2, 8, 26, 32, 52, 103]);
});

test('letters outside of the alphabet are refused, upper case too', () => {
  for (const letter of ['e', 'o', 't', 'u', 'A', '-', ' ', 'é', '\u{1f600}']) {
    expectFormatError('formats/nix32', () => nix32Decode(`00${letter}0`));
  }
});

test('bits that no byte takes must be zero', () => {
  expect(Array.from(nix32Decode('7z'))).toEqual([255]);
  expectFormatError('formats/nix32', () => nix32Decode('8z'));
  expectFormatError('formats/nix32', () => nix32Decode(`2${'0'.repeat(51)}`));
  expectFormatError('formats/nix32', () => nix32Decode('1'));
});
