/** Interpolation and the operator `+`. */
import { EvalError } from '../errors.ts';
import { canonicalPath, coerceToString } from './coerce.ts';
import { type Context, joinContexts } from './context.ts';
import { makeString } from './expect.ts';
import { floatOf } from './floats.ts';
import { addInt } from './numbers.ts';
import type { Runtime } from './runtime.ts';
import { forceThunk } from './thunk.ts';
import { showType } from './types.ts';
import { Float, type Forced, type Int, Path, Str, Thunk, type Value } from './value.ts';

const what = 'while evaluating a path segment';
const interpolation = { coerceMore: false, copyToStore: true, what };
const segment = { coerceMore: false, copyToStore: false, what };

/** `${value}` in a string: a path is copied to the store. */
export function interpolate(rt: Runtime, value: Forced): string | Str {
  return typeof value === 'string' ? value : coerceToString(rt, value, interpolation);
}

/** `${value}` in a path. */
export function pathSegment(rt: Runtime, value: Forced): string | Str {
  return typeof value === 'string' ? value : coerceToString(rt, value, segment);
}

export function join2(a: string | Str, b: string | Str): string | Str {
  return typeof a === 'string' && typeof b === 'string' ? a + b : joinStrings([a, b]);
}

export function join3(a: string | Str, b: string | Str, c: string | Str): string | Str {
  return typeof a === 'string' && typeof b === 'string' && typeof c === 'string' ? a + b + c : joinStrings([a, b, c]);
}

export function joinStrings(parts: readonly (string | Str)[]): string | Str {
  let text = '';
  let context: Context | undefined;
  for (const part of parts) {
    if (typeof part === 'string') text += part;
    else {
      text += part.text;
      context = joinContexts(context, part.context);
    }
  }
  return makeString(text, context);
}

/** A path of what stands before and the parts after it. */
export function joinPath(start: string, parts: readonly (string | Str)[]): Path {
  const joined = joinStrings(parts);
  if (typeof joined !== 'string') throw contextInPath();
  return new Path(canonicalPath(start + joined));
}

function contextInPath(): EvalError {
  return new EvalError('other', 'a string that refers to a store path cannot be appended to a path');
}

/** A left operand of `+` that had to be coerced, as what is no string or path is before the right one is looked at. */
export class Coerced {
  readonly value: string | Str;
  constructor(value: string | Str) {
    this.value = value;
  }
}

export function leftOperand(rt: Runtime, value: Forced): Forced | Coerced {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') return value;
  if (value instanceof Str || value instanceof Path || value instanceof Float) return value;
  return new Coerced(coerceToString(rt, value, segment));
}

/** `a + b`: the type of the left operand decides. */
export function plus(rt: Runtime, left: Value | Coerced, right: Value): Forced {
  const a = left instanceof Thunk ? forceThunk(left) : left;
  const b = right instanceof Thunk ? forceThunk(right) : right;
  if (typeof a === 'number' && typeof b === 'number') return addInt(a, b);
  if (typeof a === 'string') return join2(a, interpolate(rt, b));
  if (a instanceof Str) return joinStrings([a, interpolate(rt, b)]);
  return plusOthers(rt, a, b);
}

function plusOthers(rt: Runtime, a: Forced | Coerced, b: Forced): Forced {
  if (typeof a === 'number' || typeof a === 'bigint') return plusInt(a, b);
  if (a instanceof Float) return floatOf(a.value + numberOf(b, 'a float'), a, b);
  if (a instanceof Path) return joinPath(a.path, [pathSegment(rt, b)]);
  const first = a instanceof Coerced ? a : (leftOperand(rt, a) as Coerced);
  return joinStrings([first.value, pathSegment(rt, b)]);
}

function plusInt(a: Int, b: Forced): Forced {
  if (typeof b === 'number' || typeof b === 'bigint') return addInt(a, b);
  return floatOf(Number(a) + numberOf(b, 'an integer'), a, b);
}

function numberOf(b: Forced, to: string): number {
  if (b instanceof Float) return b.value;
  if (typeof b === 'number' || typeof b === 'bigint') return Number(b);
  throw new EvalError('type', `cannot add ${showType(b)} to ${to}`);
}
