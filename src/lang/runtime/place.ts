/** Where a value was written, as far as a value knows. */
import { noPos, type Pos } from '../source.ts';
import { apply } from './call.ts';
import { Attrs, Fn, lambdaInfo, Thunk, type Value } from './value.ts';

/** Of a set or function that is evaluated, or of the function that a thunk waits to call. */
export function placeOf(value: Value): Pos {
  if (value instanceof Thunk) {
    if (value.f === null) return placeOf(value.v as Value);
    return value.f === apply ? placeOf(value.v as Value) : noPos;
  }
  if (value instanceof Attrs) return value.pos;
  return value instanceof Fn ? (lambdaInfo(value)?.pos ?? noPos) : noPos;
}
