/**
 * Bracket expressions: `[` `^`? then single bytes, ranges `a-z`, classes `[:name:]`, collating elements `[.name.]`
 * and equivalence classes `[=name=]`, up to `]`. A `]` that comes first is an ordinary byte, a backslash always is.
 * A `-` is ordinary first or last; elsewhere it makes a range, and one that cannot is an error.
 */
import {
  addAll,
  addRange,
  type CharSet,
  collatingElement,
  complement,
  emptySet,
  lowerCase,
  namedClass,
  signed,
} from './charset.ts';
import { RegexError } from './error.ts';

/** Reads the bracket expression whose `[` is just before `start`; `end` is the offset after its `]`. */
export function parseBracket(text: string, start: number): { set: CharSet; end: number } {
  return new BracketParser(text, start).parse();
}

type Token =
  | { readonly kind: 'byte'; readonly byte: number }
  | { readonly kind: 'dash' }
  | { readonly kind: 'close' }
  | { readonly kind: 'collating' | 'class' | 'equivalence'; readonly name: string };

const NAMED = { '.': 'collating', ':': 'class', '=': 'equivalence' } as const;

class BracketParser {
  readonly #text: string;
  readonly #set = emptySet();
  #at: number;
  #first = true;
  /** The byte that a following `-` would make a range of; `class` where the last element cannot begin one. */
  #last: number | 'class' | undefined;

  constructor(text: string, start: number) {
    this.#text = text;
    this.#at = start;
  }

  parse(): { set: CharSet; end: number } {
    const negated = this.#text[this.#at] === '^';
    if (negated) this.#at += 1;
    let token = this.#next();
    if (token.kind === 'dash') {
      this.#last = 0x2d;
      token = this.#next();
    }
    while (token.kind !== 'close') token = this.#element(token);
    this.#flush();
    return { set: negated ? complement(this.#set) : this.#set, end: this.#at };
  }

  /** Takes one element in and returns the token after it. */
  #element(token: Exclude<Token, { kind: 'close' }>): Token {
    switch (token.kind) {
      case 'byte':
        this.#remember(token.byte);
        return this.#next();
      case 'dash':
        return this.#dash();
      case 'collating':
        this.#remember(elementOf(token.name));
        return this.#next();
      default:
        this.#remember('class');
        addAll(this.#set, token.kind === 'class' ? classOf(token.name) : equivalenceOf(token.name));
        return this.#next();
    }
  }

  #dash(): Token {
    const token = this.#next();
    if (token.kind === 'close') {
      this.#remember(0x2d);
      return token;
    }
    const last = token.kind === 'byte' ? token.byte : token.kind === 'dash' ? 0x2d : undefined;
    if (typeof this.#last !== 'number' || last === undefined || signed(this.#last) > signed(last)) {
      throw new RegexError('syntax');
    }
    addRange(this.#set, this.#last, last);
    this.#last = undefined;
    return this.#next();
  }

  #remember(last: number | 'class'): void {
    this.#flush();
    this.#last = last;
  }

  #flush(): void {
    if (typeof this.#last === 'number') this.#set[this.#last] = 1;
  }

  #next(): Token {
    const text = this.#text;
    const char = text[this.#at++];
    const first = this.#first;
    this.#first = false;
    if (char === undefined) throw new RegexError('syntax');
    if (char === '-') return { kind: 'dash' };
    if (char === ']' && !first) return { kind: 'close' };
    if (char === '[') {
      const mark = text[this.#at];
      if (mark === undefined) throw new RegexError('syntax');
      if (mark === '.' || mark === ':' || mark === '=') return { kind: NAMED[mark], name: this.#name(mark) };
    }
    return { kind: 'byte', byte: char.charCodeAt(0) };
  }

  /** The name up to the next `mark`, which must be followed by `]`. */
  #name(mark: string): string {
    const start = this.#at + 1;
    const end = this.#text.indexOf(mark, start);
    if (end < 0 || this.#text[end + 1] !== ']') throw new RegexError('syntax');
    this.#at = end + 2;
    return this.#text.slice(start, end);
  }
}

function elementOf(name: string): number {
  const byte = collatingElement(name);
  if (byte === undefined) throw new RegexError('syntax');
  return byte;
}

function classOf(name: string): CharSet {
  const set = namedClass(name);
  if (set === undefined) throw new RegexError('syntax');
  return set;
}

/** What differs from the element in case only. */
function equivalenceOf(name: string): CharSet {
  const set = emptySet();
  const lower = lowerCase(elementOf(name));
  for (let byte = 0; byte < 256; byte++) if (lowerCase(byte) === lower) set[byte] = 1;
  return set;
}
