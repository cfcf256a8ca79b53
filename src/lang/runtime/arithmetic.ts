/** The arithmetic operators on values: integers, floats, and both mixed. Operands are forced left to right. */
import { EvalError } from '../errors.ts';
import { lessThan } from './equality.ts';
import { forceFloat, forceInt } from './expect.ts';
import { floatOf } from './floats.ts';
import { addInt, divInt, mulInt, subInt } from './numbers.ts';
import { force } from './thunk.ts';
import { Float, type Forced, type Value } from './value.ts';

/** `builtins.add`; the operator `+` does more (operators.ts). */
export function add(x: Value, y: Value): Forced {
  const a = force(x);
  const b = force(y);
  const [first, second] = ['first argument of the addition', 'second argument of the addition'];
  if (a instanceof Float || b instanceof Float)
    return floatOf(
      forceFloat(a, `while evaluating the ${first}`) + forceFloat(b, `while evaluating the ${second}`),
      a,
      b,
    );
  return addInt(forceInt(a, `while evaluating the ${first}`), forceInt(b, `while evaluating the ${second}`));
}

export function sub(x: Value, y: Value): Forced {
  const a = force(x);
  const b = force(y);
  if (typeof a === 'number' && typeof b === 'number') return subInt(a, b);
  const first = 'while evaluating the first argument of the subtraction';
  const second = 'while evaluating the second argument of the subtraction';
  if (a instanceof Float || b instanceof Float) return floatOf(forceFloat(a, first) - forceFloat(b, second), a, b);
  return subInt(forceInt(a, first), forceInt(b, second));
}

export function mul(x: Value, y: Value): Forced {
  const a = force(x);
  const b = force(y);
  if (typeof a === 'number' && typeof b === 'number') return mulInt(a, b);
  const second = 'while evaluating the second argument of the multiplication';
  if (a instanceof Float || b instanceof Float)
    return floatOf(forceFloat(a, 'while evaluating the first of the multiplication') * forceFloat(b, second), a, b);
  return mulInt(forceInt(a, 'while evaluating the first argument of the multiplication'), forceInt(b, second));
}

export function div(x: Value, y: Value): Forced {
  const a = force(x);
  const b = force(y);
  const first = 'while evaluating the first operand of the division';
  const second = 'while evaluating the second operand of the division';
  const divisor = forceFloat(b, second);
  if (divisor === 0) throw new EvalError('other', 'division by zero');
  if (a instanceof Float || b instanceof Float) return floatOf(forceFloat(a, first) / divisor, a, b);
  return divInt(forceInt(a, first), forceInt(b, second));
}

/** `builtins.lessThan`. */
export function less(x: Value, y: Value): boolean {
  const a = force(x);
  const b = force(y);
  if (typeof a === 'number' && typeof b === 'number') return a < b;
  return lessThan(a, b);
}
