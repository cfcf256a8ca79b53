/**
 * Source texts and positions. A position is one small integer, so that attribute sets can carry one for each name
 * without cost: every source gets a range of integers as long as its text, and `PosTable` finds the way back.
 */
import { fromUnicode } from '../base/bytes.ts';
import type { Position } from '../base/diagnostic.ts';

/** A point in some source; 0 is no position. */
export type Pos = number;
export const noPos: Pos = 0;

export type Origin =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'string' }
  | { readonly kind: 'stdin' }
  /** Text that the evaluator itself brings along. */
  | { readonly kind: 'internal'; readonly name: string };

export class Source {
  readonly origin: Origin;
  /** A byte string. */
  readonly text: string;
  /** The position of the text's first byte. */
  readonly base: Pos;
  #lineStarts: number[] | undefined;

  constructor(origin: Origin, text: string, base: Pos) {
    this.origin = origin;
    this.text = text;
    this.base = base;
  }

  /** As people know it; a byte string. */
  get label(): string {
    switch (this.origin.kind) {
      case 'file':
        return this.origin.path;
      case 'string':
        return fromUnicode('«string»');
      case 'stdin':
        return fromUnicode('«stdin»');
      default:
        return fromUnicode(`«nix-internal»/${this.origin.name}`);
    }
  }

  /** Line and column of an offset, both from 1, columns in bytes. */
  lineAndColumn(offset: number): { readonly line: number; readonly column: number } {
    const starts = this.#starts();
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - starts[low]! + 1 };
  }

  /** The text of a line (from 1) without its end, or undefined past the last. */
  line(number: number): string | undefined {
    const starts = this.#starts();
    if (number < 1 || number > starts.length) return undefined;
    const start = starts[number - 1]!;
    const end = number < starts.length ? starts[number]! : this.text.length;
    return this.text.slice(start, end).replace(/\r?\n$|\r$/, '');
  }

  /** `\n`, `\r\n` and a lone `\r` all end a line. */
  #starts(): number[] {
    if (this.#lineStarts !== undefined) return this.#lineStarts;
    const starts = [0];
    for (let i = 0; i < this.text.length; i++) {
      const code = this.text.charCodeAt(i);
      if (code === 13 && this.text.charCodeAt(i + 1) === 10) continue;
      if (code === 10 || code === 13) starts.push(i + 1);
    }
    this.#lineStarts = starts;
    return starts;
  }
}

/** All sources of one evaluation. */
export class PosTable {
  readonly #sources: Source[] = [];
  #next: Pos = 1;

  add(origin: Origin, text: string): Source {
    const source = new Source(origin, text, this.#next);
    this.#sources.push(source);
    // One more than the text: its end is a position as well.
    this.#next += text.length + 1;
    return source;
  }

  sourceOf(pos: Pos): Source | undefined {
    if (pos <= 0 || pos >= this.#next) return undefined;
    let low = 0;
    let high = this.#sources.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#sources[middle]!.base <= pos) low = middle;
      else high = middle - 1;
    }
    return this.#sources[low];
  }

  /** File, line and column with the lines around it; byte strings. */
  resolve(pos: Pos): Position | undefined {
    const source = this.sourceOf(pos);
    if (source === undefined) return undefined;
    const { line, column } = source.lineAndColumn(pos - source.base);
    return {
      file: source.label,
      line,
      column,
      sourceLine: source.line(line),
      previousLine: line > 1 ? source.line(line - 1) : undefined,
      nextLine: source.line(line + 1),
    };
  }

  /** `file:line:column`. */
  show(pos: Pos): string {
    const source = this.sourceOf(pos);
    if (source === undefined) return fromUnicode('«none»');
    const { line, column } = source.lineAndColumn(pos - source.base);
    return `${source.label}:${line}:${column}`;
  }
}

/** The positions of this process: values and errors carry integers of this table. */
export const positions: PosTable = new PosTable();
