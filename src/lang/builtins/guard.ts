/** Errors of other rooms, as errors of the evaluation: so that they get a position and a trace. */
import { SysbuildError } from '../../base/errors.ts';
import { EvalError } from '../errors.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Value } from '../runtime/value.ts';

type Run = (rt: Runtime, ...args: Value[]) => Value;

/** Runs something that asks the host, or the formats, and may be refused. */
export function guard<T>(body: () => T): T {
  try {
    return body();
  } catch (error) {
    throw asEvalError(error);
  }
}

/** A builtin all of whose errors are `EvalError`s. */
export function guarded(run: Run): Run {
  return (rt, ...args) => {
    try {
      return run(rt, ...args);
    } catch (error) {
      throw asEvalError(error);
    }
  };
}

export function asEvalError(error: unknown): unknown {
  if (!(error instanceof SysbuildError) || error instanceof EvalError) return error;
  const { message, hint, details } = error;
  return new EvalError('host', message, { hint, details, cause: error });
}

/** Fails where an experimental feature is not on; `reason` says what needs it. */
export function requireFeature(rt: Runtime, feature: string, reason = ''): void {
  if (rt.host.settings.experimental.has(feature)) return;
  const why = reason === '' ? '' : ` (${reason})`;
  throw new EvalError(
    'restricted',
    `experimental Nix feature '${feature}' is disabled${why}; add '--extra-experimental-features ${feature}' to enable it`,
  );
}
