/** Everything that can be wrong with the text of a program: one closed family, in the words that Nix has for it. */
import { SysbuildError } from '../../base/errors.ts';
import type { Source } from '../source.ts';

export type ParseRule =
  /** A word where the grammar has no place for it. */
  | 'syntax'
  | 'invalid-number'
  | 'null-byte'
  | 'trailing-slash'
  | 'duplicate-attribute'
  | 'duplicate-argument'
  | 'dynamic-attribute'
  /** A construct of an experimental feature that is off. */
  | 'disabled-feature'
  /** `~/…` where evaluation is pure. */
  | 'home-path'
  /** A construct that the user's lint settings forbid. */
  | 'lint'
  /** More levels than the stack holds. */
  | 'nesting';

export class ParseError extends SysbuildError {
  readonly code: `lang/${ParseRule}`;
  readonly rule: ParseRule;
  readonly source: Source;
  /** A byte offset into the source's text. */
  readonly pos: number;
  /** What the grammar would have taken there, where that is short enough to say. */
  readonly expected: readonly string[];

  constructor(rule: ParseRule, message: string, source: Source, pos: number, expected: readonly string[] = []) {
    const { line, column } = source.lineAndColumn(pos);
    super(message, { details: { file: source.label, line, column, ...(expected.length > 0 ? { expected } : {}) } });
    this.rule = rule;
    this.code = `lang/${rule}`;
    this.source = source;
    this.pos = pos;
    this.expected = expected;
  }
}

/** Something to tell the user about that is no error. The message is a byte string. */
export interface ParseWarning {
  readonly message: string;
  /** A byte offset into the source's text; undefined where the message itself says the place. */
  readonly pos: number | undefined;
}
