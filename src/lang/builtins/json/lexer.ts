/** The tokens of JSON, read byte by byte with a count of lines and columns: for `explainJson` alone. */
import { following } from '../../runtime/json-text.ts';

export type Token =
  | '{'
  | '}'
  | '['
  | ']'
  | ':'
  | ','
  | 'string'
  | 'number'
  | 'true'
  | 'false'
  | 'null'
  | 'end'
  | 'error';

const controlNames = [
  ...['NUL', 'SOH', 'STX', 'ETX', 'EOT', 'ENQ', 'ACK', 'BEL', 'BS', 'HT', 'LF', 'VT', 'FF', 'CR', 'SO', 'SI', 'DLE'],
  ...['DC1', 'DC2', 'DC3', 'DC4', 'NAK', 'SYN', 'ETB', 'CAN', 'EM', 'SUB', 'ESC', 'FS', 'GS', 'RS', 'US'],
];
const shortEscapes: Readonly<Record<number, string>> = { 8: '\\b', 9: '\\t', 10: '\\n', 12: '\\f', 13: '\\r' };

const badSurrogate = 'invalid string: surrogate U+D800..U+DBFF must be followed by U+DC00..U+DFFF';
const badHex = "invalid string: '\\u' must be followed by 4 hex digits";

/** Undefined is the end of the text. */
type Char = string | undefined;

export class JsonLexer {
  readonly #text: string;
  #at = 0;
  #read = 0;
  #lines = 0;
  #column = 0;
  /** What is wrong, after the token `error`. */
  error = '';
  /** All bytes since the last string or number began. */
  lastRead = '';

  constructor(text: string) {
    this.#text = text;
  }

  get line(): number {
    return this.#lines + 1;
  }

  /** How many bytes of the line have been read; the end of the text counts as one. */
  get column(): number {
    return this.#column;
  }

  /** Nothing but the end has been read. */
  get isEmpty(): boolean {
    return this.#read === 1;
  }

  /** Whether the number that was just read is too large for a float. */
  get overflows(): boolean {
    return !Number.isFinite(Number(this.lastRead));
  }

  scan(): Token {
    if (this.#read === 0 && !this.#skipMark()) return this.#fail('invalid BOM; must be 0xEF 0xBB 0xBF if given');
    let char = this.#get();
    while (char === ' ' || char === '\t' || char === '\n' || char === '\r') char = this.#get();
    switch (char) {
      case '{':
      case '}':
      case '[':
      case ']':
      case ':':
      case ',':
        return char;
      case 't':
        return this.#literal('true');
      case 'f':
        return this.#literal('false');
      case 'n':
        return this.#literal('null');
      case '"':
        return this.#string();
      case undefined:
        return 'end';
      default:
        return /[-0-9]/.test(char) ? this.#number(char) : this.#fail('invalid literal');
    }
  }

  #fail(error: string): Token {
    this.error = error;
    return 'error';
  }

  #get(): Char {
    const char = this.#text[this.#at];
    this.#at += 1;
    this.#read += 1;
    this.#column += 1;
    if (char !== undefined) this.lastRead += char;
    if (char === '\n') {
      this.#lines += 1;
      this.#column = 0;
    }
    return char;
  }

  /** Goes back by one byte. At the start of a line the column is not known any more. */
  #unget(): void {
    this.#at -= 1;
    this.#read -= 1;
    if (this.#column > 0) this.#column -= 1;
    else if (this.#lines > 0) this.#lines -= 1;
    if (this.#at < this.#text.length) this.lastRead = this.lastRead.slice(0, -1);
  }

  #skipMark(): boolean {
    if (this.#get() === '\xef') return this.#get() === '\xbb' && this.#get() === '\xbf';
    this.#unget();
    return true;
  }

  #literal(word: 'true' | 'false' | 'null'): Token {
    for (const char of word.slice(1)) if (this.#get() !== char) return this.#fail('invalid literal');
    return word;
  }

  #number(first: string): Token {
    this.lastRead = first;
    let char: Char = first;
    if (char === '-') {
      char = this.#get();
      if (!isDigit(char)) return this.#fail("invalid number; expected digit after '-'");
    }
    char = char === '0' ? this.#get() : this.#digits();
    if (char === '.') {
      if (!isDigit(this.#get())) return this.#fail("invalid number; expected digit after '.'");
      char = this.#digits();
    }
    if (char === 'e' || char === 'E') {
      const problem = this.#exponent();
      if (problem !== undefined) return this.#fail(problem);
    }
    this.#unget();
    return 'number';
  }

  #exponent(): string | undefined {
    const char = this.#get();
    if (char === '+' || char === '-') {
      if (!isDigit(this.#get())) return 'invalid number; expected digit after exponent sign';
    } else if (!isDigit(char)) return "invalid number; expected '+', '-', or digit after exponent";
    this.#digits();
    return undefined;
  }

  /** Reads digits, and the byte after them, which is returned. */
  #digits(): Char {
    let char = this.#get();
    while (isDigit(char)) char = this.#get();
    return char;
  }

  #string(): Token {
    this.lastRead = '"';
    for (;;) {
      const char = this.#get();
      if (char === '"') return 'string';
      const problem = this.#inString(char);
      if (problem !== undefined) return this.#fail(problem);
    }
  }

  #inString(char: Char): string | undefined {
    if (char === undefined) return 'invalid string: missing closing quote';
    if (char === '\\') return this.#escape();
    const code = char.charCodeAt(0);
    if (code < 0x20) return controlCharacter(code);
    return code < 0x80 ? undefined : this.#sequence(code);
  }

  #sequence(lead: number): string | undefined {
    const rule = following(lead);
    if (rule === undefined) return 'invalid string: ill-formed UTF-8 byte';
    const [low, high, count] = rule;
    for (let i = 0; i < count; i++) {
      const code = this.#get()?.charCodeAt(0) ?? -1;
      const fits = i === 0 ? code >= low && code <= high : code >= 0x80 && code <= 0xbf;
      if (!fits) return 'invalid string: ill-formed UTF-8 byte';
    }
    return undefined;
  }

  #escape(): string | undefined {
    const char = this.#get();
    if (char !== 'u') {
      return char !== undefined && '"\\/bfnrt'.includes(char)
        ? undefined
        : 'invalid string: forbidden character after backslash';
    }
    const unit = this.#hex();
    if (unit === undefined) return badHex;
    if (unit >= 0xdc00 && unit <= 0xdfff) {
      return 'invalid string: surrogate U+DC00..U+DFFF must follow U+D800..U+DBFF';
    }
    return unit >= 0xd800 && unit <= 0xdbff ? this.#lowSurrogate() : undefined;
  }

  #lowSurrogate(): string | undefined {
    if (this.#get() !== '\\' || this.#get() !== 'u') return badSurrogate;
    const unit = this.#hex();
    if (unit === undefined) return badHex;
    return unit >= 0xdc00 && unit <= 0xdfff ? undefined : badSurrogate;
  }

  #hex(): number | undefined {
    let value = 0;
    for (let i = 0; i < 4; i++) {
      const char = this.#get();
      if (char === undefined || !/[0-9a-fA-F]/.test(char)) return undefined;
      value = value * 16 + Number.parseInt(char, 16);
    }
    return value;
  }
}

function isDigit(char: Char): boolean {
  return char !== undefined && char >= '0' && char <= '9';
}

function controlCharacter(code: number): string {
  const digits = code.toString(16).toUpperCase().padStart(4, '0');
  const short = shortEscapes[code];
  const escape = `\\u${digits}${short === undefined ? '' : ` or ${short}`}`;
  return `invalid string: control character U+${digits} (${controlNames[code]}) must be escaped to ${escape}`;
}
