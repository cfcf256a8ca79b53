/** What a builtin is: its name, what it takes, what it says of itself, and what it does. */
import type { Runtime } from '../runtime/runtime.ts';
import type { Value } from '../runtime/value.ts';

export interface BuiltinDef {
  /** As it stands in `builtins`. */
  readonly name: string;
  /** A variable of every file under its own name; all others are under `__name`. */
  readonly global?: boolean;
  /** Names of the arguments: their number is the arity, at least one. */
  readonly args: readonly string[];
  readonly doc: string;
  /** There only with this experimental feature. */
  readonly feature?: string;
  /** Errors inside do not get the line `while calling the '…' builtin`. */
  readonly quiet?: boolean;
  /** Gets its arguments as they are, not forced. The result may be a thunk. */
  readonly run: (rt: Runtime, ...args: Value[]) => Value;
}

export interface ConstantDef {
  readonly name: string;
  readonly global?: boolean;
  readonly doc: string;
  /** Not there in pure evaluation. */
  readonly impure?: boolean;
  /** Called once, when an evaluation begins; what takes time is a thunk. */
  readonly value: (rt: Runtime) => Value;
}
