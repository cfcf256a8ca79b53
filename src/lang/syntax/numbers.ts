/** Number literals: 64-bit signed integers, and floats that a double can hold. */
import type { IToken } from 'chevrotain';
import type { Source } from '../source.ts';
import { ParseError } from './parse-errors.ts';

const largest = 2n ** 63n - 1n;

/** A number while it is safe, else a bigint. */
export function intValue(source: Source, token: IToken): number | bigint {
  const value = Number(token.image);
  if (Number.isSafeInteger(value)) return value;
  const exact = BigInt(token.image);
  if (exact > largest) throw invalid('integer', source, token);
  return exact;
}

export function floatValue(source: Source, token: IToken): number {
  const value = Number(token.image);
  if (value === Infinity || (value < smallestNormal && !isExact(token.image, value))) {
    throw invalid('float', source, token);
  }
  return value;
}

const smallestNormal = 2 ** -1022;

/** Below the normal doubles only what loses nothing is a literal: zero, and decimals that happen to be exact. */
function isExact(image: string, value: number): boolean {
  const [mantissa = '', exponent = '0'] = image.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const digits = BigInt(whole + fraction);
  if (digits === 0n) return true;
  const tens = fraction.length - Number(exponent);
  // A subnormal is a multiple of 2^-1074; no exact one has more than 1074 decimals.
  return value !== 0 && tens <= 2000 && digits << 1074n === BigInt(value * 2 ** 537 * 2 ** 537) * 10n ** BigInt(tens);
}

function invalid(what: string, source: Source, token: IToken): ParseError {
  return new ParseError('invalid-number', `invalid ${what} '${token.image}'`, source, token.startOffset);
}
