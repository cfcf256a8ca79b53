/** The text is not a regular expression (`syntax`), or it makes a machine of too many states (`size`). */
export class RegexError extends Error {
  readonly kind: 'syntax' | 'size';
  constructor(kind: 'syntax' | 'size') {
    super(`bad regular expression: ${kind}`);
    this.kind = kind;
  }
}
