/** `replaceStrings`: goes through a text once; at each place the first pattern that stands there is replaced. */
import { EvalError } from '../errors.ts';
import { type Context, joinContexts } from '../runtime/context.ts';
import { contextOf, forceList, forceStringCtx, forceText, makeString, textOf } from '../runtime/expect.ts';
import type { List, Value } from '../runtime/value.ts';

export function replaceStrings(from: Value, to: Value, value: Value): Value {
  const patterns = forceList(from, 'while evaluating the first argument passed to builtins.replaceStrings');
  const replacements = forceList(to, 'while evaluating the second argument passed to builtins.replaceStrings');
  if (patterns.length !== replacements.length) {
    throw new EvalError('other', "'from' and 'to' arguments passed to builtins.replaceStrings have different lengths");
  }
  const what = 'while evaluating one of the strings to replace passed to builtins.replaceStrings';
  const texts = patterns.map((pattern) => forceText(pattern, what));
  const found = forceStringCtx(value, 'while evaluating the third argument passed to builtins.replaceStrings');
  const result = new Replacements(replacements, contextOf(found));
  const text = textOf(found);
  const few = texts.length <= mostSearched && !texts.includes('');
  const replaced = few ? replaceBySearch(texts, result, text) : replaceByByte(texts, result, text);
  return makeString(replaced, result.context);
}

/** Up to this many patterns are searched for one by one, which is what engines do best. */
const mostSearched = 12;

/** What patterns are replaced by, evaluated when it is first used: only then its context counts. */
class Replacements {
  context: Context | undefined;
  readonly #values: List;
  readonly #known: (string | undefined)[] = [];

  constructor(values: List, context: Context | undefined) {
    this.#values = values;
    this.context = context;
  }

  get(index: number): string {
    const known = this.#known[index];
    if (known !== undefined) return known;
    const what = 'while evaluating one of the replacement strings passed to builtins.replaceStrings';
    const found = forceStringCtx(this.#values[index]!, what);
    const text = textOf(found);
    this.#known[index] = text;
    this.context = joinContexts(this.context, contextOf(found));
    return text;
  }
}

/** Knows where each pattern stands next; takes the nearest, the first one among equals. */
function replaceBySearch(patterns: readonly string[], replacements: Replacements, text: string): string {
  const next = patterns.map((pattern) => text.indexOf(pattern));
  let result = '';
  let copied = 0;
  for (;;) {
    let nearest = -1;
    for (let i = 0; i < next.length; i++) {
      if (next[i]! >= 0 && next[i]! < copied) next[i] = text.indexOf(patterns[i]!, copied);
      if (next[i]! >= 0 && (nearest < 0 || next[i]! < next[nearest]!)) nearest = i;
    }
    if (nearest < 0) return copied === 0 ? text : result + text.slice(copied);
    result += text.slice(copied, next[nearest]!) + replacements.get(nearest);
    copied = next[nearest]! + patterns[nearest]!.length;
  }
}

/** Looks the patterns up that begin with the byte at each place; an empty pattern stands everywhere. */
function replaceByByte(patterns: readonly string[], replacements: Replacements, text: string): string {
  const byByte = patternsByByte(patterns);
  const empty = patterns.indexOf('');
  let result = '';
  let copied = 0;
  for (let at = 0; at < text.length; ) {
    const index = byByte[text.charCodeAt(at)]?.find((candidate) => text.startsWith(patterns[candidate]!, at)) ?? empty;
    if (index < 0) {
      at += 1;
      continue;
    }
    result += text.slice(copied, at) + replacements.get(index);
    const length = patterns[index]!.length;
    copied = at + length;
    // After an empty pattern the byte that stands there is taken over.
    at += length === 0 ? 1 : length;
  }
  result += text.slice(copied);
  return empty < 0 ? result : result + replacements.get(empty);
}

/** The places of the patterns by their first bytes. What comes after an empty pattern is never reached. */
function patternsByByte(patterns: readonly string[]): (number[] | undefined)[] {
  const byByte: (number[] | undefined)[] = new Array(256).fill(undefined);
  for (const [index, pattern] of patterns.entries()) {
    if (pattern === '') break;
    const byte = pattern.charCodeAt(0);
    const known = byByte[byte];
    if (known === undefined) byByte[byte] = [index];
    else known.push(index);
  }
  return byByte;
}
