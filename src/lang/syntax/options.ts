/** What the grammar's borders depend on: features, purity, lints. */
import type { ParseWarning } from './parse-errors.ts';

export type LintLevel = 'ignore' | 'warn' | 'fatal';

export interface SyntaxOptions {
  /** `|>` and `<|`. */
  readonly pipeOperators: boolean;
  /** Pure evaluation knows no home folder: `~/…` is refused. */
  readonly pureEval: boolean;
  readonly urlLiterals: LintLevel;
  readonly absolutePathLiterals: LintLevel;
  readonly shortPathLiterals: LintLevel;
  readonly warn: (warning: ParseWarning) => void;
  /** The place of a name among those that were met before this source; undefined for one that was not. */
  readonly metBefore: (name: string) => number | undefined;
}

export const defaultOptions: SyntaxOptions = {
  pipeOperators: false,
  pureEval: false,
  urlLiterals: 'ignore',
  absolutePathLiterals: 'ignore',
  shortPathLiterals: 'ignore',
  warn() {},
  metBefore: () => undefined,
};
