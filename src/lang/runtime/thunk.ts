/** Forcing: evaluate once, remember the result or the error, and notice a computation that needs itself. */
import { EvalError } from '../errors.ts';
import { type Code, type Forced, Thunk, type Value } from './value.ts';

/** The value in weak head normal form. */
export function force(value: Value): Forced {
  return value instanceof Thunk ? forceThunk(value) : value;
}

export function forceThunk(thunk: Thunk): Forced {
  const f = thunk.f;
  if (f === null) return thunk.v as Forced;
  const v = thunk.v;
  const w = thunk.w;
  thunk.f = blackHole;
  let result: Forced;
  try {
    result = f(v as never, w as never);
  } catch (error) {
    fail(thunk, f, error);
    throw error;
  }
  thunk.f = null;
  thunk.v = result;
  thunk.w = undefined;
  return result;
}

/** An error of the program stays; anything else (a suspension, a full stack) leaves the thunk as it was. */
function fail(thunk: Thunk, f: Code, error: unknown): void {
  // What failed before failed with a copy of its error now, which goes its own way.
  if (f === rethrow) thunk.f = f;
  else if (error instanceof EvalError && error.kind !== 'stack-overflow') {
    thunk.f = rethrow;
    thunk.v = error;
    thunk.w = undefined;
  } else thunk.f = f;
}

/** The code of a thunk that is being forced. */
export const blackHole: Code = () => {
  throw new EvalError('infinite-recursion', 'infinite recursion encountered');
};

/** The code of a thunk that failed. */
const rethrow: Code = (error: EvalError) => {
  throw error.clone();
};

/** Whether a value is already in weak head normal form: what is printed without forcing. */
export function isForced(value: Value): boolean {
  return !(value instanceof Thunk) || value.f === null;
}

export function isBlackHole(value: Value): boolean {
  return value instanceof Thunk && value.f === blackHole;
}

/** The result of a thunk that has one, the value itself if it is none; undefined if it is not evaluated. */
export function peek(value: Value): Forced | undefined {
  if (!(value instanceof Thunk)) return value;
  return value.f === null ? (value.v as Forced) : undefined;
}
