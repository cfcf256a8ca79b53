/** Forcing all of a value: lists and sets down to their last items, each once, so that cycles end. */
import { addTrace } from '../errors.ts';
import { overflow, stack } from './stack.ts';
import { force } from './thunk.ts';
import { Attrs, type Forced, type List, type Value } from './value.ts';

/** Evaluates a value and everything in it; gives its outermost form. */
export function deepForce(value: Value, seen: Set<object> = new Set()): Forced {
  const found = force(value);
  if (found === null || typeof found !== 'object') return found;
  if (found instanceof Attrs) deepForceSet(found, seen);
  else if (Array.isArray(found)) deepForceList(found as List, seen);
  return found;
}

function descend(value: Value, seen: Set<object>): void {
  if (stack.depth > stack.limit) overflow();
  stack.depth++;
  deepForce(value, seen);
  stack.depth--;
}

function deepForceSet(set: Attrs, seen: Set<object>): void {
  if (seen.has(set)) return;
  seen.add(set);
  const { values, shape } = set.flat();
  for (let i = 0; i < values.length; i++) {
    try {
      descend(values[i]!, seen);
    } catch (error) {
      throw addTrace(error, `while evaluating the attribute '${shape.names[i]}'`, shape.positionAt(i));
    }
  }
}

function deepForceList(list: List, seen: Set<object>): void {
  if (list.length === 0 || seen.has(list)) return;
  seen.add(list);
  for (let i = 0; i < list.length; i++) {
    try {
      descend(list[i]!, seen);
    } catch (error) {
      throw addTrace(error, `while evaluating list element at index ${i}`);
    }
  }
}
