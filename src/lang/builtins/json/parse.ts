/**
 * JSON to values, in one pass over the bytes and without recursion. Integers are exact up to 64 bits signed, larger
 * numbers are floats (but those of 64 bits unsigned an error); of equal names in an object the last counts.
 *
 * Nothing here knows where an error is: a text that does not parse goes to `explainJson`, which does.
 */

import { EvalError } from '../../errors.ts';
import { checkUtf8 } from '../../runtime/json-text.ts';
import { makeInt, maxInt, minInt } from '../../runtime/numbers.ts';
import { Shape } from '../../runtime/shape.ts';
import { Attrs, emptyAttrs, Float, type Value } from '../../runtime/value.ts';
import { unescapeJson } from './unescape.ts';

/** The value of a text, or undefined when it is not JSON. Throws for what is, but is no value of the language. */
export function parseJson(text: string): Value | undefined {
  return new JsonParser(text).parse();
}

/** An object or array that is not closed yet. `names` is null for an array. */
interface Open {
  readonly names: string[] | null;
  readonly values: Value[];
}

const failed = Symbol('not JSON');
type Failed = typeof failed;

const plainText = /[^"\\\x00-\x1f\x80-\xff]*/y;
const anyText = /(?:[^"\\\x00-\x1f]|\\[\s\S])*/y;
const numberText = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;

class JsonParser {
  readonly #text: string;
  #at: number;
  readonly #open: Open[] = [];
  /** By the first name: objects that are alike share their shape, also where others stand between. */
  readonly #shapes = new Map<string, Shape>();

  constructor(text: string) {
    this.#text = text;
    this.#at = text.startsWith('\xef\xbb\xbf') ? 3 : 0;
  }

  parse(): Value | undefined {
    for (;;) {
      const started = this.#start();
      if (started === failed) return undefined;
      if (started === undefined) continue;
      const whole = this.#finish(started);
      if (whole === failed) return undefined;
      if (whole === undefined) continue;
      this.#skipSpace();
      return this.#at === this.#text.length ? whole : undefined;
    }
  }

  /** A whole value, or undefined where an object or array began that is not empty. */
  #start(): Value | undefined | Failed {
    const code = this.#skipSpace();
    switch (code) {
      case 0x7b:
        return this.#startObject();
      case 0x5b:
        this.#at += 1;
        if (this.#skipSpace() !== 0x5d) {
          this.#open.push({ names: null, values: [] });
          return undefined;
        }
        this.#at += 1;
        return [];
      case 0x22:
        return this.#string();
      case 0x74:
        return this.#word('true', true);
      case 0x66:
        return this.#word('false', false);
      case 0x6e:
        return this.#word('null', null);
      default:
        return this.#number();
    }
  }

  #startObject(): Value | undefined | Failed {
    this.#at += 1;
    if (this.#skipSpace() === 0x7d) {
      this.#at += 1;
      return emptyAttrs;
    }
    const open = { names: [], values: [] };
    this.#open.push(open);
    return this.#name(open);
  }

  /** Puts a value where it belongs. Undefined while something is open and expects another value. */
  #finish(value: Value): Value | undefined | Failed {
    for (let open = this.#open.at(-1); open !== undefined; open = this.#open.at(-1)) {
      open.values.push(value);
      const code = this.#skipSpace();
      this.#at += 1;
      if (code === 0x2c) return open.names === null ? undefined : this.#name(open);
      if (code !== (open.names === null ? 0x5d : 0x7d)) return failed;
      this.#open.pop();
      value = open.names === null ? open.values : this.#object(open.names, open.values);
    }
    return value;
  }

  /** A name and its colon. */
  #name(open: Open): undefined | Failed {
    if (this.#skipSpace() !== 0x22) return failed;
    const name = this.#string();
    if (name === failed || this.#skipSpace() !== 0x3a) return failed;
    this.#at += 1;
    open.names!.push(name);
    return undefined;
  }

  #object(names: readonly string[], values: readonly Value[]): Value {
    const known = this.#shapes.get(names[0]!);
    if (known !== undefined && sameNames(known.names, names)) return new Attrs(known, values);
    if (isSorted(names)) {
      const shape = new Shape(names, null, true);
      this.#shapes.set(names[0]!, shape);
      return new Attrs(shape, values);
    }
    const byName = new Map<string, Value>();
    for (let i = 0; i < names.length; i++) byName.set(names[i]!, values[i]!);
    const sorted = [...byName.keys()].sort((a, b) => (a < b ? -1 : 1));
    return new Attrs(
      new Shape(sorted, null, false),
      sorted.map((name) => byName.get(name)!),
    );
  }

  #skipSpace(): number {
    const text = this.#text;
    for (;;) {
      const code = text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return code;
      this.#at += 1;
    }
  }

  #word(word: string, value: Value): Value | Failed {
    if (!this.#text.startsWith(word, this.#at)) return failed;
    this.#at += word.length;
    return value;
  }

  #string(): string | Failed {
    const start = this.#at + 1;
    plainText.lastIndex = start;
    plainText.test(this.#text);
    const end = plainText.lastIndex;
    if (this.#text.charCodeAt(end) === 0x22) {
      this.#at = end + 1;
      return this.#text.slice(start, end);
    }
    return this.#longString(start);
  }

  /** A string with escapes, or with more than ASCII. */
  #longString(start: number): string | Failed {
    anyText.lastIndex = start;
    anyText.test(this.#text);
    const end = anyText.lastIndex;
    if (this.#text.charCodeAt(end) !== 0x22) return failed;
    this.#at = end + 1;
    const raw = this.#text.slice(start, end);
    try {
      checkUtf8(raw);
    } catch {
      return failed;
    }
    const text = raw.includes('\\') ? unescapeJson(raw) : raw;
    if (text === undefined) return failed;
    if (text.includes('\0')) throw nullByte(text);
    return text;
  }

  /** Most numbers are integers of few digits: those need no expression to match. */
  #number(): Value | Failed {
    const text = this.#text;
    const negative = text.charCodeAt(this.#at) === 0x2d;
    const start = negative ? this.#at + 1 : this.#at;
    let at = start;
    let value = 0;
    let code = text.charCodeAt(at);
    while (code >= 0x30 && code <= 0x39) {
      value = value * 10 + code - 0x30;
      at += 1;
      code = text.charCodeAt(at);
    }
    const isWhole = code !== 0x2e && code !== 0x65 && code !== 0x45;
    const isPlain = at - start <= 15 && at > start && (at === start + 1 || text.charCodeAt(start) !== 0x30);
    if (!isWhole || !isPlain) return this.#longNumber();
    this.#at = at;
    return negative ? -value + 0 : value;
  }

  #longNumber(): Value | Failed {
    numberText.lastIndex = this.#at;
    const found = numberText.exec(this.#text);
    if (found === null) return failed;
    this.#at = numberText.lastIndex;
    const [digits, fraction, exponent] = found;
    if (fraction !== undefined || exponent !== undefined) return floatOf(digits);
    const value = Number(digits);
    return Number.isSafeInteger(value) ? value + 0 : largeInteger(digits);
  }
}

function floatOf(text: string): Float | Failed {
  const value = Number(text);
  return Number.isFinite(value) ? new Float(value) : failed;
}

const largestUnsigned = 2n ** 64n - 1n;

function largeInteger(digits: string): Value | Failed {
  const value = BigInt(digits);
  if (value >= minInt && value <= maxInt) return makeInt(value)!;
  if (value > maxInt && value <= largestUnsigned) {
    throw new EvalError('other', `unsigned json number ${value} outside of Nix integer range`);
  }
  return floatOf(digits);
}

/** The error of a text that no string of the language can hold. */
export function nullByte(text: string): EvalError {
  const shown = text.replaceAll('\0', '\xe2\x90\x80');
  return new EvalError(
    'other',
    `input string '${shown}' cannot be represented as Nix string because it contains null bytes`,
  );
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function isSorted(names: readonly string[]): boolean {
  for (let i = 1; i < names.length; i++) if (names[i - 1]! >= names[i]!) return false;
  return true;
}
