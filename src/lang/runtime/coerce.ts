/** Coercion to strings and paths: what interpolation, `+`, `toString` and derivation attributes do with a value. */
import { addTrace, EvalError, typeError } from '../errors.ts';
import { noPos, type Pos } from '../source.ts';
import { apply } from './call.ts';
import { Context, ContextSum } from './context.ts';
import { contextOf, makeString, textOf } from './expect.ts';
import { formatFixed } from './floats.ts';
import { showValue } from './print.ts';
import type { Runtime } from './runtime.ts';
import { overflow, stack } from './stack.ts';
import { force } from './thunk.ts';
import { showType } from './types.ts';
import { Attrs, Float, type Forced, type List, Path, type Str, type Value } from './value.ts';

export interface Coercion {
  /** Accept null, Booleans, numbers and lists as well. */
  readonly coerceMore: boolean;
  /** A path becomes a store path (and is copied there) instead of its own text. */
  readonly copyToStore: boolean;
  /** The line of trace that says what was being coerced. */
  readonly what: string;
  readonly pos?: Pos;
}

export function coerceToString(rt: Runtime, value: Value, how: Coercion): string | Str {
  if (typeof value === 'string') return value;
  if (stack.depth > stack.limit) overflow();
  stack.depth++;
  const result = coerceForced(rt, force(value), how);
  stack.depth--;
  return result;
}

function coerceForced(rt: Runtime, value: Forced, how: Coercion): string | Str {
  if (typeof value === 'string') return value;
  if (value !== null && typeof value === 'object') {
    if (value instanceof Attrs) return coerceSet(rt, value, how);
    if (value instanceof Path) return coercePath(rt, value, how);
    if ('context' in value) return value;
  }
  const more = how.coerceMore ? coerceOthers(rt, value, how) : undefined;
  if (more === undefined) throw cannotCoerce(value, how);
  return more;
}

function cannotCoerce(value: Forced, how: Coercion): EvalError {
  const error = typeError(`cannot coerce ${showType(value)} to a string: ${showValue(value)}`, '');
  error.frames.push({ text: how.what, pos: how.pos ?? noPos });
  return error;
}

function coercePath(rt: Runtime, value: Path, how: Coercion): string | Str {
  if (!how.copyToStore) return value.path;
  const path = rt.copyPathToStore(value.path);
  return makeString(path, Context.of(path));
}

function coerceSet(rt: Runtime, value: Attrs, how: Coercion): string | Str {
  const made = toStringOf(rt, value, how);
  if (made !== undefined) return made;
  const outPath = value.get('outPath');
  if (outPath === undefined) throw cannotCoerce(value, how);
  return coerceToString(rt, outPath, how);
}

/** What the `__toString` of a set makes of it; undefined when it has none. */
export function toStringOf(
  rt: Runtime,
  value: Attrs,
  how: { readonly coerceMore: boolean; readonly copyToStore: boolean; readonly pos?: Pos },
): string | Str | undefined {
  const method = value.get('__toString');
  if (method === undefined) return undefined;
  return coerceToString(rt, apply(method, value), {
    coerceMore: how.coerceMore,
    copyToStore: how.copyToStore,
    what: 'while evaluating the result of the `__toString` attribute',
    pos: how.pos ?? noPos,
  });
}

/** False is an empty string, like null, for the convenience of shells. */
function coerceOthers(rt: Runtime, value: Forced, how: Coercion): string | Str | undefined {
  if (value === null || value === false) return '';
  if (value === true) return '1';
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (value instanceof Float) return formatFixed(value);
  if (Array.isArray(value)) return coerceList(rt, value, how);
  return undefined;
}

/** The items with a space after each, but after the last one and after an empty list. */
function coerceList(rt: Runtime, list: List, how: Coercion): string | Str {
  let text = '';
  const context = new ContextSum();
  const forItem = { ...how, what: 'while evaluating one element of the list' };
  for (let i = 0; i < list.length; i++) {
    let item: string | Str;
    try {
      item = coerceToString(rt, list[i]!, forItem);
    } catch (error) {
      throw addTrace(error, how.what, how.pos);
    }
    text += textOf(item);
    context.add(contextOf(item));
    if (i < list.length - 1 && !isEmptyList(force(list[i]!))) text += ' ';
  }
  return makeString(text, context.total);
}

const isEmptyList = (value: Forced): boolean => Array.isArray(value) && value.length === 0;

/** A path value, or a string that is an absolute path, with the string's context; the path is as it was written. */
export function coerceToPath(
  rt: Runtime,
  value: Value,
  what: string,
): { readonly path: string; readonly context: Context | undefined } {
  let found: Forced;
  try {
    found = force(value);
  } catch (error) {
    throw addTrace(error, what);
  }
  if (found instanceof Path) return { path: found.path, context: undefined };
  const method = found instanceof Attrs ? found.get('__toString') : undefined;
  if (method !== undefined) return coerceToPath(rt, apply(method, found), what);
  const text = coerceToString(rt, found, { coerceMore: false, copyToStore: false, what });
  const path = textOf(text);
  if (!path.startsWith('/')) {
    const error = new EvalError('other', `string '${path}' doesn't represent an absolute path`);
    throw addTrace(error, what);
  }
  return { path: canonicalPath(path), context: contextOf(text) };
}

/** An absolute path without `.`, `..` and repeated or final slashes. */
export function canonicalPath(path: string): string {
  if (!/\/(\.{0,2}(\/|$))/.test(path)) return path;
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
