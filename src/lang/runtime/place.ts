/** Places that go with values: where a value was written, and where it is forced or called. */
import { EvalError } from '../errors.ts';
import { noPos, type Pos } from '../source.ts';
import { apply } from './call.ts';
import { forceThunk, isBlackHole } from './thunk.ts';
import { Attrs, Fn, type Forced, lambdaInfo, Thunk, type Value } from './value.ts';

/** Where the call is that is being made: set by the caller just before, taken by what is called. */
export const callSite = {
  pos: noPos as Pos,
  take(): Pos {
    const { pos } = callSite;
    callSite.pos = noPos;
    return pos;
  },
};

/** Forces what stands at a place: one that needs itself is an error here, and a call that waits is made from here. */
export function forceAt(value: Value, pos: Pos): Forced {
  if (!(value instanceof Thunk)) return value;
  if (value.f === null) return value.v as Forced;
  if (isBlackHole(value)) throw new EvalError('infinite-recursion', 'infinite recursion encountered', { pos });
  if (value.f !== apply) return forceThunk(value);
  callSite.pos = pos;
  try {
    return forceThunk(value);
  } catch (error) {
    if (error instanceof EvalError && error.kind === 'stack-overflow' && error.frames.length === 0) error.pos ||= pos;
    throw error;
  }
}

/** Of a set or function that is evaluated, or of the function that a thunk waits to call. */
export function placeOf(value: Value): Pos {
  if (value instanceof Thunk) {
    if (value.f === null) return placeOf(value.v as Value);
    return value.f === apply ? placeOf(value.v as Value) : noPos;
  }
  if (value instanceof Attrs) return value.below === null ? value.shape.pos : noPos;
  return value instanceof Fn ? (lambdaInfo(value)?.pos ?? noPos) : noPos;
}
