/**
 * The ATerm subset of `.drv` files: quoted strings, lists and tuples, without white space.
 *
 *     string := '"' (byte other than '"' and '\' | '\' byte)* '"'     where \n \r \t are control characters
 *     list   := '[' (item (',' item)*)? ']'                           and any other escaped byte is itself
 *
 * The writer escapes `"`, `\`, newline, carriage return and tab, and nothing else. Texts are byte strings.
 */
import { FormatError } from './errors.ts';

const special = /["\\\n\r\t]/;
const specials = /["\\\n\r\t]/g;
const escapes: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const controls: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** A text as an ATerm string, in quotes. */
export function quoteATerm(text: string): string {
  return special.test(text) ? `"${text.replace(specials, (char) => escapes[char]!)}"` : `"${text}"`;
}

/**
 * A text that is written as it stands, as store paths, output names and systems are.
 * @throws FormatError `formats/derivation-syntax` when it would have to be escaped
 */
export function plainATerm(text: string): string {
  if (special.test(text)) throw notPlain(text);
  return `"${text}"`;
}

/** A list of strings, escaped. */
export function quoteATermList(items: readonly string[]): string {
  let text = '[';
  for (let i = 0; i < items.length; i++) text += i === 0 ? quoteATerm(items[i]!) : `,${quoteATerm(items[i]!)}`;
  return `${text}]`;
}

/** Reads the terms of one text from its beginning to its end. Every failure is `formats/derivation-syntax`. */
export class ATermReader {
  private readonly text: string;
  private at = 0;
  /** The first backslash at or after `at`, or the end: found once, so that a text without escapes is scanned once. */
  private backslash = -1;

  constructor(text: string) {
    this.text = text;
  }

  expect(literal: string): void {
    if (!this.text.startsWith(literal, this.at)) throw this.error(`expected string '${literal}'`);
    this.at += literal.length;
  }

  string(): string {
    if (this.text.charCodeAt(this.at) !== 34) throw this.error(`expected string '"'`);
    const start = this.at + 1;
    const quote = this.text.indexOf('"', start);
    if (quote < 0) throw this.error('unterminated string in derivation');
    if (this.nextBackslash(start) > quote) {
      this.at = quote + 1;
      return this.text.slice(start, quote);
    }
    return this.escapedString(start);
  }

  /** A string that needs no escapes. */
  plainString(): string {
    const text = this.string();
    if (special.test(text)) throw notPlain(text);
    return text;
  }

  /** The items of a list, each read by `item`. */
  list(item: () => void): void {
    this.expect('[');
    if (this.skip(93)) return;
    do item();
    while (this.skip(44));
    this.expect(']');
  }

  strings(): string[] {
    const items: string[] = [];
    this.list(() => items.push(this.string()));
    return items;
  }

  plainStrings(): string[] {
    const items: string[] = [];
    this.list(() => items.push(this.plainString()));
    return items;
  }

  end(): void {
    if (this.at !== this.text.length) throw this.error('unexpected text after the derivation');
  }

  error(message: string): FormatError {
    return new FormatError('formats/derivation-syntax', message, { details: { at: this.at } });
  }

  private escapedString(start: number): string {
    let result = '';
    let from = start;
    for (;;) {
      const quote = this.text.indexOf('"', from);
      if (quote < 0) throw this.error('unterminated string in derivation');
      const backslash = this.nextBackslash(from);
      if (backslash > quote) {
        this.at = quote + 1;
        return result + this.text.slice(from, quote);
      }
      const escaped = this.text[backslash + 1];
      if (escaped === undefined) throw this.error('unterminated string in derivation');
      result += this.text.slice(from, backslash) + (controls[escaped] ?? escaped);
      from = backslash + 2;
    }
  }

  private nextBackslash(from: number): number {
    if (this.backslash < from) {
      const found = this.text.indexOf('\\', from);
      this.backslash = found < 0 ? this.text.length : found;
    }
    return this.backslash;
  }

  private skip(code: number): boolean {
    if (this.text.charCodeAt(this.at) !== code) return false;
    this.at += 1;
    return true;
  }
}

function notPlain(text: string): FormatError {
  const message = `${JSON.stringify(text)} cannot be an output name or a system: it holds a quote, a backslash or a line break`;
  return new FormatError('formats/derivation-syntax', message, { details: { text } });
}
