/**
 * The root of every error that sysbuild reports on purpose.
 *
 * Each room has one closed family: a union of codes with one class below. A member carries what broke the rule
 * (`message`), the offending value (`details`), and what to do about it (`hint`). Words and exit codes are made
 * of them in one place, the command line. Anything else that is thrown is a bug and is shown as one.
 */
export abstract class SysbuildError extends Error {
  /** Stable, documented name of the broken rule: `room/rule`. */
  abstract readonly code: string;
  /** What the user can do about it, one sentence, or undefined when the message says it. */
  readonly hint: string | undefined;
  /** The offending values, as plain data for `--json`. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(message: string, options: ErrorDetails = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.hint = options.hint;
    this.details = options.details ?? {};
  }
}

export interface ErrorDetails {
  readonly hint?: string | undefined;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** A broken invariant of ours: never the user's fault. */
export class InternalError extends SysbuildError {
  readonly code = 'internal';
}

/** The errno name of a file-system or spawn error (`ENOENT`), or undefined for any other value. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
