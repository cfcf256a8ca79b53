/**
 * Compiled regular expressions: whole matches and searches over byte strings. A native RegExp where it gives the
 * same answers, the backtracking machine elsewhere.
 */
import { type AttemptOptions, Backtracker, type Match } from './backtrack.ts';
import { buildMachine, type Machine } from './machine.ts';
import { searchRegExp, wholeRegExp } from './native.ts';
import { checkSize } from './size.ts';
import { type Expression, parseExpression } from './syntax.ts';

export { RegexError } from './error.ts';

/** What a group captured; null when it took no part. */
export type Groups = (string | null)[];

/** One match of a search: where it is, and its groups. */
export interface Found {
  readonly start: number;
  readonly end: number;
  readonly groups: Groups;
}

export class Regex {
  readonly #expression: Expression;
  #whole: RegExp | undefined | 'unknown' = 'unknown';
  #search: RegExp | undefined | 'unknown' = 'unknown';
  #machine: Machine | undefined;

  /** Throws `RegexError`. */
  constructor(text: string) {
    this.#expression = parseExpression(text);
    checkSize(this.#expression);
  }

  /** The groups when the whole text matches, undefined when it does not. */
  match(text: string): Groups | undefined {
    try {
      if (this.#whole === 'unknown') this.#whole = wholeRegExp(this.#expression);
      if (this.#whole !== undefined) return nativeGroups(this.#whole.exec(text));
    } catch (error) {
      if (!isTooMuch(error)) throw error;
    }
    const found = this.#backtracker(text).attempt(0, { whole: true, atStart: true, notEmpty: false });
    return found === undefined ? undefined : groupsOf(text, found);
  }

  /** All matches from left to right that do not overlap; after an empty one, a non-empty one at the same place. */
  findAll(text: string): Found[] {
    try {
      if (this.#search === 'unknown') this.#search = searchRegExp(this.#expression);
      if (this.#search !== undefined) return nativeFindAll(this.#search, text);
    } catch (error) {
      if (!isTooMuch(error)) throw error;
    }
    return this.#findAllByMachine(text);
  }

  #findAllByMachine(text: string): Found[] {
    const machine = this.#backtracker(text);
    const found: Found[] = [];
    let from = 0;
    let first = true;
    for (let match = search(machine, text, from, first); match !== undefined; ) {
      const [start, end] = [match.starts[0]!, match.ends[0]!];
      found.push({ start, end, groups: groupsOf(text, match) });
      from = end;
      if (start === end) {
        if (end === text.length) break;
        match = machine.attempt(end, { whole: false, atStart: first, notEmpty: true });
        if (match !== undefined) continue;
        from = end + 1;
      }
      first = false;
      match = search(machine, text, from, first);
    }
    return found;
  }

  #backtracker(text: string): Backtracker {
    this.#machine ??= buildMachine(this.#expression);
    return new Backtracker(this.#machine, text);
  }
}

/** The first match at or after `from`; `^` matches at `from` alone, and only where that is the text's start. */
function search(machine: Backtracker, text: string, from: number, first: boolean): Match | undefined {
  for (let begin = from; begin <= text.length; begin++) {
    const options: AttemptOptions = { whole: false, atStart: first && begin === from, notEmpty: false };
    const match = machine.attempt(begin, options);
    if (match !== undefined) return match;
  }
  return undefined;
}

function groupsOf(text: string, match: Match): Groups {
  const groups: Groups = [];
  for (let i = 1; i < match.ends.length; i++) {
    groups.push(match.ends[i]! < 0 ? null : text.slice(match.starts[i], match.ends[i]));
  }
  return groups;
}

function nativeGroups(found: RegExpExecArray | null): Groups | undefined {
  if (found === null) return undefined;
  const groups: Groups = [];
  for (let i = 1; i < found.length; i++) groups.push(found[i] ?? null);
  return groups;
}

function nativeFindAll(regexp: RegExp, text: string): Found[] {
  const found: Found[] = [];
  regexp.lastIndex = 0;
  for (let match = regexp.exec(text); match !== null; match = regexp.exec(text)) {
    const end = match.index + match[0].length;
    found.push({ start: match.index, end, groups: nativeGroups(match)! });
    if (match[0] === '') {
      if (end === text.length) break;
      regexp.lastIndex = end + 1;
    }
  }
  return found;
}

/** The native engine's bounds, on its backtracking stack and on an expression's size, are not ours. */
function isTooMuch(error: unknown): boolean {
  return error instanceof RangeError || error instanceof SyntaxError;
}
