/** Equality and order. Functions are never equal, but a variable, attribute or item is always equal to itself. */
import { addTrace, EvalError } from '../errors.ts';
import { isDerivation } from './expect.ts';
import { showValue } from './print.ts';
import { overflow, stack } from './stack.ts';
import { orderOf } from './symbols.ts';
import { force, peek } from './thunk.ts';
import { showType, typeName } from './types.ts';
import { Attrs, Float, type Forced, type List, Path, Str, type Value } from './value.ts';

/** `a == b` for values as they stand in variables, attributes and lists: the same one is equal without a look. */
export function equal(a: Value, b: Value): boolean {
  if (a === b && typeof a !== 'object') return true;
  if (stack.depth > stack.limit) overflow();
  stack.depth++;
  const x = force(a);
  const y = force(b);
  const result = a === b || equalForced(x, y);
  stack.depth--;
  return result;
}

/** `a == b` for the values of two expressions. */
export function equalForced(a: Forced, b: Forced): boolean {
  switch (typeof a) {
    case 'string':
      return a === b || (b instanceof Str && b.text === a);
    case 'number':
    case 'bigint':
      return a === b || (b instanceof Float && Number(a) === b.value);
    case 'boolean':
      return a === b;
    default:
      break;
  }
  if (a === null) return b === null;
  if (a instanceof Attrs) return b instanceof Attrs && equalSets(a, b);
  if (Array.isArray(a)) return Array.isArray(b) && equalLists(a, b);
  if (a instanceof Str) return b instanceof Str ? a.text === b.text : a.text === b;
  if (a instanceof Path) return b instanceof Path && a.path === b.path;
  if (a instanceof Float)
    return b instanceof Float
      ? a.value === b.value
      : (typeof b === 'number' || typeof b === 'bigint') && a.value === Number(b);
  return false;
}

function equalLists(a: List, b: List): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!equal(a[i]!, b[i]!)) return false;
  return true;
}

/** Derivations are compared by their output paths alone. */
function equalSets(a: Attrs, b: Attrs): boolean {
  if (isDerivation(a) && isDerivation(b)) {
    const [x, y] = [a.get('outPath'), b.get('outPath')];
    if (x !== undefined && y !== undefined) return equal(x, y);
  }
  if (a.size !== b.size) return false;
  const [left, right] = [a.flat().shape.names, b.flat().shape.names];
  // In whatever order attributes are compared, what holds nothing to be evaluated compares the same.
  for (let i = 0; i < left.length; i++)
    if (!(isPlain(a.values[i]!) && isPlain(b.values[i]!))) return equalInOrder(a, b);
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i] || !equal(a.values[i]!, b.values[i]!)) return false;
  return true;
}

/** Nothing that holds other values, or that is not evaluated. */
function isPlain(slot: Value): boolean {
  const value = peek(slot);
  return value !== undefined && (typeof value !== 'object' || value === null || value instanceof Str);
}

/** Attributes are compared in the order in which their names were met. */
function equalInOrder(a: Attrs, b: Attrs): boolean {
  const [left, right] = [a.shape, b.shape];
  const places = orderOf(left);
  const others = left === right ? places : orderOf(right);
  for (let i = 0; i < places.length; i++) {
    const [x, y] = [places[i]!, others[i]!];
    if (left.names[x] !== right.names[y] || !equal(a.values[x]!, b.values[y]!)) return false;
  }
  return true;
}

/** `a < b` of two values in weak head normal form. */
export function lessThan(a: Forced, b: Forced, what = ''): boolean {
  if (typeof a === 'number' && typeof b === 'number') return a < b;
  if (typeof a === 'string' && typeof b === 'string') return a < b;
  try {
    return lessThanSlow(a, b);
  } catch (error) {
    throw what === '' ? error : addTrace(error, what);
  }
}

function lessThanSlow(a: Forced, b: Forced): boolean {
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x !== undefined && y !== undefined)
    return a instanceof Float || b instanceof Float ? Number(x) < Number(y) : x < y;
  const [type, other] = [typeName(a), typeName(b)];
  if (type !== other) throw incomparable(a, b, `; values are ${showValue(a)} and ${showValue(b)}`);
  if (type === 'string') return textOfString(a) < textOfString(b);
  if (a instanceof Path) return a.path < (b as Path).path;
  if (Array.isArray(a)) return lessThanLists(a, b as List);
  throw incomparable(a, b, `; values of that type are incomparable (values are ${showValue(a)} and ${showValue(b)})`);
}

const textOfString = (value: Forced): string => (value instanceof Str ? value.text : (value as string));

/** Integers of both forms compare exactly; with a float, both are compared as floats. */
function numberOf(value: Forced): number | bigint | undefined {
  if (value instanceof Float) return value.value;
  return typeof value === 'number' || typeof value === 'bigint' ? value : undefined;
}

/** By the first items that differ. */
function lessThanLists(a: List, b: List): boolean {
  for (let i = 0; ; i++) {
    if (i === b.length) return false;
    if (i === a.length) return true;
    if (!equal(a[i]!, b[i]!)) return lessThan(force(a[i]!), force(b[i]!), 'while comparing two list elements');
  }
}

function incomparable(a: Forced, b: Forced, more: string): EvalError {
  return new EvalError('other', `cannot compare ${showType(a)} with ${showType(b)}${more}`);
}
