/** Arithmetic, rounding and bits. Integers have 64 bits; what does not fit is an error. */
import { EvalError } from '../errors.ts';
import { add, div, less, mul, sub } from '../runtime/arithmetic.ts';
import { forceFloat, forceInt } from '../runtime/expect.ts';
import { formatFloat } from '../runtime/floats.ts';
import { makeInt, wrapInt } from '../runtime/numbers.ts';
import { force } from '../runtime/thunk.ts';
import type { Float, Int, Value } from '../runtime/value.ts';
import type { BuiltinDef } from './registry.ts';

function arithmetic(name: string, doc: string, run: (a: Value, b: Value) => Value): BuiltinDef {
  return { name, args: ['e1', 'e2'], doc, run: (_rt, a, b) => run(a, b) };
}

function bitwise(
  name: string,
  doc: string,
  small: (a: number, b: number) => number,
  large: (a: bigint, b: bigint) => bigint,
): BuiltinDef {
  const first = `while evaluating the first argument passed to builtins.${name}`;
  const second = `while evaluating the second argument passed to builtins.${name}`;
  return arithmetic(name, doc, (x, y) => {
    const a = forceInt(x, first);
    const b = forceInt(y, second);
    // JavaScript's own operators have 32 bits.
    if (a === Number(a) >> 0 && b === Number(b) >> 0) return small(a, b);
    return wrapInt(large(BigInt(a), BigInt(b)));
  });
}

function rounding(name: 'ceil' | 'floor', doc: string): BuiltinDef {
  const round = Math[name];
  const what = `while evaluating the first argument passed to builtins.${name}`;
  return {
    name,
    args: ['number'],
    doc,
    run(_rt, value) {
      const rounded = round(forceFloat(value, what));
      const found = force(value) as Int | Float;
      return typeof found === 'object' ? roundedFloat(found, rounded) : roundedInt(found, rounded);
    },
  };
}

const limit = 2 ** 63;

function roundedFloat(found: Float, rounded: number): Int {
  if (rounded >= -limit && rounded < limit) return makeInt(BigInt(rounded))!;
  throw new EvalError('other', `NixFloat argument ${formatFloat(found)} is not in the range of NixInt`);
}

/** An integer is rounded by way of a float, which may be another integer, or none: both are refused. */
function roundedInt(found: Int, rounded: number): Int {
  const about = 'Due to a bug (see https://github.com/NixOS/nix/issues/12899)';
  const future = '\n\tFuture Nix versions might implement the correct behavior.';
  if (rounded < -limit || rounded >= limit) {
    const caused = `the NixInt argument ${found} caused undefined behavior in previous Nix versions.`;
    throw new EvalError('other', `${about} ${caused}${future}`);
  }
  const result = makeInt(BigInt(rounded))!;
  if (result === found) return found;
  const lost = `a loss of precision occurred in previous Nix versions because the NixInt argument ${found}`;
  throw new EvalError('other', `${about} ${lost} was rounded to ${result}.${future}`);
}

export const numberBuiltins: readonly BuiltinDef[] = [
  arithmetic('add', 'The sum of two numbers; a float if one of them is.', add),
  arithmetic('sub', 'The first number less the second.', sub),
  arithmetic('mul', 'The product of two numbers.', mul),
  arithmetic('div', 'The first number divided by the second; integers are rounded towards zero.', div),
  arithmetic('lessThan', 'Whether the first value comes before the second: numbers, strings, paths, lists.', less),
  bitwise(
    'bitAnd',
    'The bits that both integers have.',
    (a, b) => a & b,
    (a, b) => a & b,
  ),
  bitwise(
    'bitOr',
    'The bits that one of the integers has.',
    (a, b) => a | b,
    (a, b) => a | b,
  ),
  bitwise(
    'bitXor',
    'The bits that exactly one of the integers has.',
    (a, b) => a ^ b,
    (a, b) => a ^ b,
  ),
  rounding('ceil', 'The smallest integer that is not less than *number*.'),
  rounding('floor', 'The largest integer that is not greater than *number*.'),
];
