/** A problem as plain data: what every front end renders. Offsets are resolved to lines by whoever makes one. */

export interface Position {
  /** As the user knows it: a path, `«string»`, `«stdin»`. */
  readonly file: string;
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
  /** The text of the line, without its newline, for the caret; undefined when it cannot be read. */
  readonly sourceLine?: string | undefined;
  /** The lines around it, where there are any. */
  readonly previousLine?: string | undefined;
  readonly nextLine?: string | undefined;
}

export interface Frame {
  readonly text: string;
  readonly position?: Position | undefined;
  /** Shown even where a long trace is cut short: the program asked for it (`addErrorContext`). */
  readonly always?: boolean | undefined;
  /** Shown only where the whole trace is asked for. */
  readonly detail?: boolean | undefined;
}

export interface Diagnostic {
  readonly severity: 'error' | 'warning' | 'notice';
  readonly code: string;
  readonly message: string;
  readonly position?: Position | undefined;
  /** Outermost first. */
  readonly trace: readonly Frame[];
  /** One sentence: what to do about it, or `Did you mean …?`. */
  readonly hint?: string | undefined;
  readonly details?: Readonly<Record<string, unknown>>;
}
