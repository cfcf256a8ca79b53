/** The door of the language: texts to values, values to text, derivations and diagnostics. */
import type { Diagnostic } from '../base/diagnostic.ts';
import type { SysbuildError } from '../base/errors.ts';
import { builtins, constants } from './builtins/index.ts';
import type { CodeCache } from './code-cache.ts';
import { EvalError } from './errors.ts';
import { Evaluator } from './evaluator.ts';
import type { Host } from './host.ts';
import type { Observer } from './runtime/observer.ts';
import { explain } from './session.ts';
import { describeError } from './trace.ts';

/**
 * An evaluator of its own: files are read and evaluated once for it. `cache` keeps compiled code for later ones,
 * `observer` is told what programs do.
 */
export function createEvaluator(host: Host, cache?: CodeCache, observer?: Observer): Evaluator {
  return new Evaluator(host, { builtins, constants }, cache, observer);
}

/** An error with its position, source lines and trace. Evaluates again what failed. Texts are in Unicode. */
export function diagnosticOf(error: SysbuildError): Diagnostic {
  return describeError(error instanceof EvalError ? explain(error) : error);
}

export type { Arguments } from './auto-call.ts';
export type { CodeCache } from './code-cache.ts';
export type { FoundDerivation } from './derivations.ts';
export type { Parsed } from './engine.ts';
export { EvalError, type EvalErrorKind } from './errors.ts';
export type { Evaluator, TextWithContext } from './evaluator.ts';
export { format } from './fmt/format.ts';
export {
  type FetchRequest,
  type FetchResult,
  type FileKind,
  type Host,
  HostError,
  type HostErrorCode,
  type HostSettings,
  type Ingestion,
  type LintLevel,
  type SourceRequest,
  Suspend,
} from './host.ts';
export type { ProfileFormat } from './profile/formats.ts';
export { type CallCount, Watch, type WatchOptions } from './profile/watch.ts';
export type { PrettyOptions } from './repl/pretty.ts';
export type { InputKind, Repl } from './repl/repl.ts';
export type { Context } from './runtime/context.ts';
export type { Observer } from './runtime/observer.ts';
export type { Value } from './runtime/value.ts';
