/**
 * 64-bit signed integers in two JavaScript types: a number while it is safe, else a bigint. An integer is always in
 * the form that its size asks for, so equal integers are `===`. Zero is never negative.
 */
import { EvalError } from '../errors.ts';
import type { Int } from './value.ts';

export const minInt = -(2n ** 63n);
export const maxInt = 2n ** 63n - 1n;

/** The integer of a bigint of any size that fits 64 bits, in its right form; undefined when it does not fit. */
export function makeInt(value: bigint): Int | undefined {
  if (value >= -9007199254740991n && value <= 9007199254740991n) return Number(value);
  return value >= minInt && value <= maxInt ? value : undefined;
}

/** The integer of the lowest 64 bits, as two's complement. */
export function wrapInt(value: bigint): Int {
  return makeInt(BigInt.asIntN(64, value))!;
}

function checked(value: bigint, verb: string, a: Int, op: string, b: Int): Int {
  const result = makeInt(value);
  if (result === undefined) throw new EvalError('overflow', `integer overflow in ${verb} ${a} ${op} ${b}`);
  return result;
}

export function addInt(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return checked(BigInt(a) + BigInt(b), 'adding', a, '+', b);
}

export function subInt(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b;
    if (Number.isSafeInteger(difference)) return difference;
  }
  return checked(BigInt(a) - BigInt(b), 'subtracting', a, '-', b);
}

export function mulInt(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    // `+ 0` makes a negative zero positive.
    const product = a * b + 0;
    if (Number.isSafeInteger(product)) return product;
  }
  return checked(BigInt(a) * BigInt(b), 'multiplying', a, '*', b);
}

/** Rounds towards zero. The divisor is not 0. */
export function divInt(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') return Math.trunc(a / b) + 0;
  return checked(BigInt(a) / BigInt(b), 'dividing', a, '/', b);
}

/** Negative, zero or positive. */
export function compareInt(a: Int, b: Int): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
