/**
 * Everything that evaluation can fail with: one closed family. `tryEval` catches what a program raises on purpose
 * (`throw` and `assert`), and nothing else. Messages are byte strings in the words that users of the language know.
 */
import { type ErrorDetails, InternalError, SysbuildError } from '../base/errors.ts';
import { didYouMean } from '../base/text.ts';
import { noPos, type Pos } from './source.ts';

export type EvalErrorKind =
  | 'throw'
  | 'assert'
  | 'abort'
  | 'type'
  | 'undefined-variable'
  | 'missing-attribute'
  | 'missing-argument'
  | 'infinite-recursion'
  | 'stack-overflow'
  | 'overflow'
  | 'restricted'
  | 'parse'
  | 'import'
  | 'invalid-path'
  | 'host'
  | 'other';

/** One line of a trace. */
export interface TraceFrame {
  readonly text: string;
  readonly pos: Pos;
  /** Asked for by the program (`addErrorContext`): shown even where a long trace is cut short. */
  readonly always?: boolean;
  /** Shown only in a full trace. */
  readonly detail?: boolean;
}

export interface EvalErrorOptions extends ErrorDetails {
  readonly pos?: Pos;
  /** Names that were probably meant, best first. */
  readonly suggestions?: readonly string[];
  /** The exit code that the program asked for, where it did. */
  readonly status?: number;
}

export class EvalError extends SysbuildError {
  readonly code: `lang/${EvalErrorKind}`;
  readonly kind: EvalErrorKind;
  pos: Pos;
  /** Innermost first. */
  frames: TraceFrame[] = [];
  readonly suggestions: readonly string[];
  readonly options: EvalErrorOptions;

  constructor(kind: EvalErrorKind, message: string, options: EvalErrorOptions = {}) {
    super(message, options);
    this.kind = kind;
    this.code = `lang/${kind}`;
    this.pos = options.pos ?? noPos;
    this.suggestions = options.suggestions ?? [];
    this.options = options;
  }

  /** What `tryEval` turns into a value. */
  get catchable(): boolean {
    return this.kind === 'throw' || this.kind === 'assert';
  }

  /** A copy, whose trace grows on its own. */
  clone(): EvalError {
    const copy = new EvalError(this.kind, this.message, this.options);
    copy.pos = this.pos;
    copy.frames = this.frames.slice();
    return copy;
  }
}

/** A new error, to be thrown. */
export function evalError(kind: EvalErrorKind, message: string, pos: Pos = noPos): EvalError {
  return new EvalError(kind, message, { pos });
}

/** A type error with the one line of trace that says what was being looked at. */
export function typeError(message: string, what: string): EvalError {
  const error = new EvalError('type', message);
  if (what !== '') error.frames.push({ text: what, pos: noPos });
  return error;
}

/** Adds a line to the trace of an error and gives it back, to be thrown. */
export function addTrace(error: unknown, text: string, pos: Pos = noPos): unknown {
  const traced = asEvalError(error);
  if (traced instanceof EvalError) traced.frames.push({ text, pos });
  return traced;
}

/** What the host and the formats complain of is an error of evaluation, too; anything else is given back as it is. */
export function asEvalError(error: unknown): unknown {
  if (!(error instanceof SysbuildError) || error instanceof EvalError || error instanceof InternalError) return error;
  return new EvalError('host', error.message, { hint: error.hint, details: error.details, cause: error });
}

/** Names at an edit distance of two or less, nearest first, at most five: what Nix suggests. */
export function suggestionsFor(name: string, candidates: Iterable<string>): string[] {
  return didYouMean(name, candidates, 5, 2);
}
