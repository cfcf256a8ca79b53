/**
 * POSIX extended regular expressions, as the language's `match` and `split` read them:
 *
 *     disjunction = sequence ("|" sequence)*
 *     sequence    = ("^" | "$" | atom quantifier*)*
 *     atom        = byte | "." | "\" special | "(" disjunction ")" | bracket expression
 *     quantifier  = "*" | "+" | "?" | "{" digits ["," [digits]] "}"
 *
 * Only the special bytes `. [ \ ( ) * + ? { | ^ $` may be escaped; there are no back-references. A quantifier
 * without an atom, an escaped ordinary byte, and `{,n}` are errors. Everything is bytes.
 */
import { parseBracket } from './brackets.ts';
import { anyByte, type CharSet, singleton } from './charset.ts';
import { RegexError } from './error.ts';

export type Node =
  | { readonly kind: 'set'; readonly set: CharSet }
  | { readonly kind: 'begin' }
  | { readonly kind: 'end' }
  | { readonly kind: 'group'; readonly index: number; readonly body: Node }
  | { readonly kind: 'sequence'; readonly items: readonly Node[] }
  | { readonly kind: 'alternation'; readonly branches: readonly Node[] }
  /** `max` is Infinity where there is none. `sign` is the quantifier as it was written. */
  | {
      readonly kind: 'repeat';
      readonly body: Node;
      readonly min: number;
      readonly max: number;
      readonly sign: '*' | '+' | '?' | '{';
    };

export type RepeatNode = Extract<Node, { kind: 'repeat' }>;

export interface Expression {
  readonly root: Node;
  readonly groups: number;
}

const SPECIAL = '.[\\()*+?{|^$';
const MAX_COUNT = 2 ** 31 - 1;

/** Reads an expression, or throws `RegexError`. */
export function parseExpression(text: string): Expression {
  return new Parser(text).whole();
}

class Parser {
  readonly #text: string;
  #at = 0;
  #groups = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): Expression {
    const root = this.#disjunction();
    if (this.#at < this.#text.length) throw new RegexError('syntax');
    return { root, groups: this.#groups };
  }

  #disjunction(): Node {
    const branches = [this.#sequence()];
    while (this.#text[this.#at] === '|') {
      this.#at += 1;
      branches.push(this.#sequence());
    }
    return branches.length === 1 ? branches[0]! : { kind: 'alternation', branches };
  }

  #sequence(): Node {
    const items: Node[] = [];
    for (let item = this.#term(); item !== undefined; item = this.#term()) items.push(item);
    return { kind: 'sequence', items };
  }

  /** An anchor, or an atom with its quantifiers; undefined where a sequence ends. */
  #term(): Node | undefined {
    const char = this.#text[this.#at];
    if (char === '^' || char === '$') {
      this.#at += 1;
      return { kind: char === '^' ? 'begin' : 'end' };
    }
    let node = this.#atom(char);
    if (node === undefined) return undefined;
    for (let outer = this.#quantifier(node); outer !== undefined; outer = this.#quantifier(node)) node = outer;
    return node;
  }

  #atom(char: string | undefined): Node | undefined {
    if (char === undefined || ')|*+?{'.includes(char)) return undefined;
    this.#at += 1;
    switch (char) {
      case '.':
        return { kind: 'set', set: anyByte() };
      case '(':
        return this.#group();
      case '[': {
        const { set, end } = parseBracket(this.#text, this.#at);
        this.#at = end;
        return { kind: 'set', set };
      }
      case '\\': {
        const escaped = this.#text[this.#at++];
        if (escaped === undefined || !SPECIAL.includes(escaped)) throw new RegexError('syntax');
        return { kind: 'set', set: singleton(escaped.charCodeAt(0)) };
      }
      default:
        return { kind: 'set', set: singleton(char.charCodeAt(0)) };
    }
  }

  #group(): Node {
    this.#groups += 1;
    const index = this.#groups;
    const body = this.#disjunction();
    if (this.#text[this.#at++] !== ')') throw new RegexError('syntax');
    return { kind: 'group', index, body };
  }

  #quantifier(body: Node): RepeatNode | undefined {
    const sign = this.#text[this.#at];
    if (sign !== '*' && sign !== '+' && sign !== '?' && sign !== '{') return undefined;
    this.#at += 1;
    if (sign === '{') return this.#interval(body);
    return { kind: 'repeat', body, min: sign === '+' ? 1 : 0, max: sign === '?' ? 1 : Number.POSITIVE_INFINITY, sign };
  }

  #interval(body: Node): RepeatNode {
    const interval = /([0-9]+)(,([0-9]*))?\}/y;
    interval.lastIndex = this.#at;
    const found = interval.exec(this.#text);
    if (found === null) throw new RegexError('syntax');
    this.#at = interval.lastIndex;
    const min = countOf(found[1]!);
    const max = found[2] === undefined ? min : found[3] === '' ? Number.POSITIVE_INFINITY : countOf(found[3]!);
    if (max < min) throw new RegexError('syntax');
    return { kind: 'repeat', body, min, max, sign: '{' };
  }
}

function countOf(digits: string): number {
  const count = Number(digits);
  if (count > MAX_COUNT) throw new RegexError('syntax');
  return count;
}
