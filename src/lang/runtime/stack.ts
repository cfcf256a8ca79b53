/**
 * How deep calls are nested. Every call counts itself in and out without a `finally`: what an error leaves behind
 * is put right where errors are caught (`tryEval`, the top level) with `unwind`. A JavaScript stack overflow is the
 * net below, for what nests without calling.
 */
import { EvalError } from '../errors.ts';
import { noPos, type Pos } from '../source.ts';

export const stack = {
  depth: 0,
  limit: 10_000,
};

export const overflowText = 'stack overflow; max-call-depth exceeded';

/** Counts one nested call in. The caller counts it out again with `stack.depth--` when it returned. */
export function enter(): void {
  if (stack.depth > stack.limit) overflow();
  stack.depth++;
}

export function overflow(pos: Pos = noPos): never {
  throw new EvalError('stack-overflow', overflowText, { pos });
}

/** Puts the depth back to what it was before an error, and turns what JavaScript has no room for into errors of ours. */
export function unwind(depth: number, error: unknown): unknown {
  stack.depth = depth;
  if (!(error instanceof RangeError)) return error;
  if (/call stack/.test(error.message)) return new EvalError('stack-overflow', overflowText);
  const tooLong = /^Invalid (array|string) length$/.exec(error.message);
  if (tooLong === null) return error;
  return new EvalError('other', `cannot create a ${tooLong[1] === 'array' ? 'list' : 'string'} of this size`);
}
