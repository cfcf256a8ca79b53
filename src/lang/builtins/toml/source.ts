/** A TOML text and the place that has been reached in it; errors point into the text. */

/** What is wrong with a text. The message has several lines, the last one empty. */
export class TomlError extends Error {}

/** One place in the text that an error is about. */
export interface Mark {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export class TomlSource {
  /** A byte string. */
  readonly text: string;
  at: number;

  constructor(text: string) {
    this.text = text;
    this.at = text.startsWith('\xef\xbb\xbf') ? 3 : 0;
  }

  get ended(): boolean {
    return this.at >= this.text.length;
  }

  /** The byte that is next, or -1. */
  peek(ahead = 0): number {
    const at = this.at + ahead;
    return at < this.text.length ? this.text.charCodeAt(at) : -1;
  }

  /** Takes a text where it is next. */
  take(text: string): boolean {
    if (!this.text.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  /** Takes what a sticky expression matches here, or gives undefined. */
  match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found === null) return undefined;
    this.at = pattern.lastIndex;
    return found;
  }

  skipBlanks(): void {
    while (this.peek() === 0x20 || this.peek() === 0x09) this.at += 1;
  }

  /** A newline, or the end of the text. */
  takeLineEnd(): boolean {
    return this.take('\n') || this.take('\r\n') || this.ended;
  }

  /** Blanks, newlines and comments. */
  skipSpace(): void {
    do this.skipBlanks();
    while (this.skipComment() || this.take('\n') || this.take('\r\n'));
  }

  /** A comment up to the end of its line; true when there was one. */
  skipComment(): boolean {
    if (this.peek() !== 0x23) return false;
    const start = this.at;
    this.match(/[^\x00-\x08\x0a-\x1f\x7f]*/y);
    const next = this.peek();
    if (next === -1 || next === 0x0a || (next === 0x0d && this.peek(1) === 0x0a)) return true;
    throw this.error('toml::parse_comment_line: newline (LF / CRLF) or EOF is expected', {
      start,
      end: this.at + 1,
      text: 'but got this',
    });
  }

  /** An error that points to a place, by default to where the source is. */
  here(title: string, text: string, hints: readonly string[] = []): TomlError {
    return this.error(title, { start: this.at, end: this.at + 1, text }, undefined, hints);
  }

  error(title: string, mark: Mark, other?: Mark, hints: readonly string[] = []): TomlError {
    const lines = this.#snippet(mark);
    if (other !== undefined) lines.push('   | ...', ...this.#snippet(other));
    const hintLines = hints.map((hint) => `Hint: ${hint}`);
    return new TomlError([`[error] ${title}`, ' --> fromTOML', ...lines, ...hintLines, ''].join('\n'));
  }

  /** The line of a mark, with the mark underneath. */
  #snippet({ start, end, text }: Mark): string[] {
    const lineStart = this.text.lastIndexOf('\n', start - 1) + 1;
    const newline = this.text.indexOf('\n', start);
    const line = this.text.slice(lineStart, newline < 0 ? undefined : newline).replace(/\r$/, '');
    const number = String(this.text.slice(0, lineStart).split('\n').length);
    const gutter = ' '.repeat(number.length + 2);
    const under = '^'.repeat(Math.max(1, Math.min(end, lineStart + line.length) - start));
    return [`${gutter}|`, ` ${number} | ${line}`, `${gutter}| ${' '.repeat(start - lineStart)}${under}-- ${text}`];
  }
}
