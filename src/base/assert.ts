/** Checks that end in an `InternalError`: what cannot happen, said where it cannot. */
import { InternalError } from './errors.ts';

/** Closes a switch over a union: a member that is not handled fails to compile, and at run time says which. */
export function assertNever(value: never): never {
  throw new InternalError(`unhandled case: ${JSON.stringify(value)}`);
}

export function invariant(condition: unknown, what: string): asserts condition {
  if (!condition) throw new InternalError(`invariant broken: ${what}`);
}
