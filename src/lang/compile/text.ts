/** Pieces of JavaScript text. */

const literals = new Map<string, string>();

/** A byte string as a JavaScript literal. Names come again and again: they are remembered. */
export function literal(text: string): string {
  if (text.length > 32) return JSON.stringify(text);
  let known = literals.get(text);
  if (known === undefined) {
    known = JSON.stringify(text);
    literals.set(text, known);
  }
  return known;
}

/** An integer of the language as a JavaScript literal. */
export function integer(value: number | bigint): string {
  if (typeof value === 'bigint') return `${value}n`;
  return value < 0 ? `(${value})` : String(value);
}

const letters = 'abcdefghijklmnopqrstuvwxyz';

/** The names `a0`, `b0` … `z0`, `a1` …: short, and never a word of JavaScript. */
export function nameOf(index: number): string {
  return letters[index % 26]! + String(Math.trunc(index / 26));
}

/** Byte strings in byte order. */
export function byteOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
