/**
 * Operations on an engine, remembered so that they can be done again. Evaluation runs without positions and traces;
 * when an error reaches the user, what led to it runs once more with both (evaluation is pure: it fails again), and
 * that error is shown. Each value knows the operation it came from, and so what to do again.
 */
import type { CodeCache } from './code-cache.ts';
import type { Library } from './compile/link.ts';
import { Engine } from './engine.ts';
import { asEvalError, EvalError } from './errors.ts';
import type { Host } from './host.ts';
import { quietHost } from './quiet-host.ts';
import type { Observer } from './runtime/observer.ts';
import { callSite } from './runtime/place.ts';
import { stack, unwind } from './runtime/stack.ts';
import type { Value } from './runtime/value.ts';

/** Does something on an engine; `again` gives the value of that engine for a value of the first one. */
export type Operation<R> = (engine: Engine, again: (value: Value) => Value) => R;

export class Session {
  readonly engine: Engine;
  readonly #host: Host;
  readonly #library: Library;
  /** How values that the session gave out were made. */
  readonly #made = new WeakMap<object, Operation<Value>>();
  #traced: { readonly engine: Engine; readonly values: Map<object, Value> } | undefined;

  constructor(host: Host, library: Library, cache?: CodeCache, observer?: Observer) {
    this.#host = host;
    this.#library = library;
    this.engine = new Engine(host, library, false, cache, observer);
  }

  /** Does something whose result is a value that later operations may work on. */
  value(operation: Operation<Value>): Value {
    const value = this.run(operation);
    if (typeof value === 'object' && value !== null && !this.#made.has(value)) this.#made.set(value, operation);
    return value;
  }

  run<R>(operation: Operation<R>): R {
    try {
      return protect(() => operation(this.engine, (value) => value));
    } catch (thrown) {
      const error = asEvalError(thrown);
      if (error instanceof EvalError) this.#remember(error, operation);
      throw error;
    }
  }

  #remember(error: EvalError, operation: Operation<unknown>): void {
    explanations.set(error, () => this.#explain(error, operation));
  }

  /** The error of the same operation with positions and a trace. */
  #explain(error: EvalError, operation: Operation<unknown>): EvalError {
    try {
      this.traced(operation);
    } catch (again) {
      const explained = asEvalError(again);
      if (explained instanceof EvalError) return explained;
    }
    return error;
  }

  /** Does an operation on an engine that keeps every thunk and position. */
  traced<R>(operation: Operation<R>): R {
    this.#traced ??= { engine: new Engine(quietHost(this.#host), this.#library, true), values: new Map() };
    const { engine, values } = this.#traced;
    const again = (value: Value): Value => {
      const make = typeof value === 'object' && value !== null ? this.#made.get(value) : undefined;
      if (make === undefined) return value;
      let made = values.get(value as object);
      if (made === undefined) {
        made = make(engine, again);
        values.set(value as object, made);
      }
      return made;
    };
    return protect(() => operation(engine, again));
  }
}

const explanations = new WeakMap<EvalError, () => EvalError>();

/** The error with its position and trace, where it came from a session. */
export function explain(error: EvalError): EvalError {
  return explanations.get(error)?.() ?? error;
}

/** Starts at depth 0, without JavaScript stacks in errors, which would cost more than all the rest of them. */
function protect<R>(body: () => R): R {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  const { depth } = stack;
  stack.depth = 0;
  callSite.take();
  try {
    return body();
  } catch (error) {
    throw unwind(0, error);
  } finally {
    stack.depth = depth;
    Error.stackTraceLimit = limit;
  }
}
