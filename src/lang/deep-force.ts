/** Evaluating a value and everything in it. */
import { addTrace } from './errors.ts';
import { forceAt, placeOf } from './runtime/place.ts';
import { showName } from './runtime/print.ts';
import { overflow, stack } from './runtime/stack.ts';
import { orderOf } from './runtime/symbols.ts';
import { Attrs, type Value } from './runtime/value.ts';

/** Sets and lists that contain themselves are looked into once. */
export function deepForce(value: Value): void {
  forceInto(value, new Set());
}

function forceInto(slot: Value, seen: Set<unknown>): void {
  if (stack.depth > stack.limit) overflow(placeOf(slot));
  stack.depth++;
  const value = forceAt(slot, placeOf(slot));
  if (value instanceof Attrs || Array.isArray(value)) {
    if (!seen.has(value)) {
      seen.add(value);
      if (value instanceof Attrs) forceSet(value, seen);
      else forceList(value, seen);
    }
  }
  stack.depth--;
}

function forceSet(set: Attrs, seen: Set<unknown>): void {
  const { shape, values } = set.flat();
  for (const i of orderOf(shape)) {
    try {
      forceInto(values[i]!, seen);
    } catch (error) {
      throw addTrace(error, `while evaluating the attribute '${showName(shape.names[i]!)}'`, shape.positionAt(i));
    }
  }
}

function forceList(list: readonly Value[], seen: Set<unknown>): void {
  for (let i = 0; i < list.length; i++) {
    try {
      forceInto(list[i]!, seen);
    } catch (error) {
      throw addTrace(error, `while evaluating list element at index ${i}`);
    }
  }
}
