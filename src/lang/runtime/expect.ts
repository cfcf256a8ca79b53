/**
 * Forcing a value that must be of one type. `what` is the line of trace that says which value it was:
 * `while evaluating the first argument passed to builtins.map`. Errors on the way get that line too, but for sets
 * and lists, where only the wrong type does.
 */
import { addTrace, EvalError, typeError } from '../errors.ts';
import { noPos, type Pos } from '../source.ts';
import { isCallable } from './call.ts';
import { type Context, showElement } from './context.ts';
import { showName, showValue } from './print.ts';
import { force, forceThunk } from './thunk.ts';
import { showType } from './types.ts';
import { Attrs, Float, type Forced, type Int, type List, Str, Thunk, type Value } from './value.ts';

function forceTraced(thunk: Thunk, what: string): Forced {
  if (thunk.f === null) return thunk.v as Forced;
  try {
    return forceThunk(thunk);
  } catch (error) {
    throw addTrace(error, what);
  }
}

/** The error of a value of the wrong type; `expected` has its article: `a list`. */
export function wrongType(expected: string, found: Forced, what: string): EvalError {
  return typeError(`expected ${expected} but found ${showType(found)}: ${showValue(found)}`, what);
}

export function forceInt(value: Value, what: string): Int {
  const found = value instanceof Thunk ? forceTraced(value, what) : value;
  if (typeof found === 'number' || typeof found === 'bigint') return found;
  throw wrongType('an integer', found, what);
}

/** The number of a float, or of an integer as the nearest float. */
export function forceFloat(value: Value, what: string): number {
  const found = value instanceof Thunk ? forceTraced(value, what) : value;
  if (typeof found === 'number') return found;
  if (found instanceof Float) return found.value;
  if (typeof found === 'bigint') return Number(found);
  throw wrongType('a float', found, what);
}

export function forceBool(value: Value, what: string): boolean {
  const found = value instanceof Thunk ? forceTraced(value, what) : value;
  if (typeof found === 'boolean') return found;
  throw wrongType('a Boolean', found, what);
}

export function forceAttrs(value: Value, what: string): Attrs {
  const found = value instanceof Thunk ? forceThunk(value) : value;
  if (found instanceof Attrs) return found;
  throw wrongType('a set', found, what);
}

export function forceList(value: Value, what: string): List {
  const found = value instanceof Thunk ? forceThunk(value) : value;
  if (Array.isArray(found)) return found as List;
  throw wrongType('a list', found, what);
}

/** A function, or a set that can be called like one. */
export function forceFunction(value: Value, what: string): Forced {
  const found = value instanceof Thunk ? forceTraced(value, what) : value;
  if (isCallable(found)) return found;
  throw wrongType('a function', found, what);
}

/** A string with its context, if it has one. */
export function forceStringCtx(value: Value, what: string): string | Str {
  const found = value instanceof Thunk ? forceTraced(value, what) : value;
  if (typeof found === 'string' || found instanceof Str) return found;
  throw wrongType('a string', found, what);
}

/** The text of a string, whatever its context. */
export function forceText(value: Value, what: string): string {
  const found = forceStringCtx(value, what);
  return typeof found === 'string' ? found : found.text;
}

/** The text of a string that must not have a context. `pos` is where the value was written. */
export function forceString(value: Value, what: string, pos: Pos = noPos): string {
  const found = forceStringCtx(value, what);
  if (typeof found === 'string') return found;
  const first = showElement(found.context.first());
  const error = new EvalError(
    'other',
    `the string '${found.text}' is not allowed to refer to a store path (such as '${first}')`,
  );
  error.frames.push({ text: what, pos });
  throw error;
}

/** An attribute that must be there; `what` says of which set. */
export function requireAttr(set: Attrs, name: string, what: string): Value {
  const value = set.get(name);
  if (value === undefined) throw typeError(`attribute '${showName(name)}' missing`, what);
  return value;
}

/** A string value of a text and a context that may be absent. */
export function makeString(text: string, context: Context | undefined): string | Str {
  return context === undefined ? text : new Str(text, context);
}

export function textOf(value: string | Str): string {
  return typeof value === 'string' ? value : value.text;
}

export function contextOf(value: string | Str): Context | undefined {
  return typeof value === 'string' ? undefined : value.context;
}

/** Whether a set says of itself that it is a derivation. */
export function isDerivation(value: Forced): value is Attrs {
  if (!(value instanceof Attrs)) return false;
  const type = value.get('type');
  if (type === undefined) return false;
  const found = force(type);
  return found === 'derivation' || (found instanceof Str && found.text === 'derivation');
}
