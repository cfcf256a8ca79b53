/** Checks of arguments that come as attributes: an error says where the attribute stands. */
import { EvalError } from '../errors.ts';
import { forceBool, forceFunction, forceString } from '../runtime/expect.ts';
import type { Attrs, Forced, Value } from '../runtime/value.ts';
import type { Pos } from '../source.ts';

type Check<T> = (value: Value, what: string) => T;

/** A check whose line of trace has the position of an attribute. */
function checkAt<T>(check: Check<T>, value: Value, what: string, set: Attrs, name: string): T {
  try {
    return check(value, what);
  } catch (error) {
    throw placed(error, what, set.positionOf(name));
  }
}

/** The same error, its last line of trace, where that is `what`, at a position. */
function placed(error: unknown, what: string, pos: Pos): unknown {
  if (!(error instanceof EvalError)) return error;
  const last = error.frames.at(-1);
  if (last?.text === what && last.pos === 0) error.frames[error.frames.length - 1] = { ...last, pos };
  return error;
}

export function forceStringAt(value: Value, what: string, set: Attrs, name: string): string {
  return typeof value === 'string' ? value : checkAt(forceString, value, what, set, name);
}

export function forceBoolAt(value: Value, what: string, set: Attrs, name: string): boolean {
  return checkAt(forceBool, value, what, set, name);
}

export function forceFunctionAt(value: Value, what: string, set: Attrs, name: string): Forced {
  return checkAt(forceFunction, value, what, set, name);
}
