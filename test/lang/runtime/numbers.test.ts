/** 64-bit integers in two JavaScript types, against big integers. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EvalError } from '../../../src/lang/errors.ts';
import { addInt, divInt, makeInt, maxInt, minInt, mulInt, subInt, wrapInt } from '../../../src/lang/runtime/numbers.ts';
import type { Int } from '../../../src/lang/runtime/value.ts';

const edges = [0n, 1n, -1n, 2n, 3n, 9007199254740991n, 9007199254740992n, -9007199254740991n, maxInt, minInt];
const integer = fc
  .oneof(fc.constantFrom(...edges), fc.bigInt({ min: minInt, max: maxInt }), fc.bigInt({ min: -1000n, max: 1000n }))
  .map((value) => makeInt(value)!);

/** The result in its one form, or the word of an overflow. */
function outcome(compute: () => Int): unknown {
  try {
    const result = compute();
    expect(result).toBe(makeInt(BigInt(result)));
    if (result === 0) expect(Object.is(result, -0)).toBe(false);
    return BigInt(result);
  } catch (error) {
    expect(error).toBeInstanceOf(EvalError);
    return (error as EvalError).kind;
  }
}

const exact = (value: bigint): unknown => (makeInt(value) === undefined ? 'overflow' : value);

test('sums, differences, products and quotients', () => {
  fc.assert(
    fc.property(integer, integer, (a, b) => {
      const [x, y] = [BigInt(a), BigInt(b)];
      expect(outcome(() => addInt(a, b))).toBe(exact(x + y));
      expect(outcome(() => subInt(a, b))).toBe(exact(x - y));
      expect(outcome(() => mulInt(a, b))).toBe(exact(x * y));
      if (y !== 0n) expect(outcome(() => divInt(a, b))).toBe(exact(x / y));
    }),
    { numRuns: 5000 },
  );
});

test('an integer has one form: a number while it is safe', () => {
  expect(makeInt(9007199254740991n)).toBe(9007199254740991);
  expect(makeInt(9007199254740992n)).toBe(9007199254740992n);
  expect(makeInt(maxInt + 1n)).toBeUndefined();
  expect(wrapInt(maxInt + 1n)).toBe(minInt);
  expect(() => addInt(makeInt(maxInt)!, 1)).toThrow('integer overflow in adding 9223372036854775807 + 1');
});
