/**
 * Why a text is not JSON, and where. Reads it byte by byte the way the parser of Nix does, whose words programs
 * and people know: the line and column of the last byte read, what was read, and what was expected instead.
 */
import { JsonLexer, type Token } from './lexer.ts';

const tokenNames: Readonly<Record<Token, string>> = {
  '{': "'{'",
  '}': "'}'",
  '[': "'['",
  ']': "']'",
  ':': "':'",
  ',': "','",
  string: 'string literal',
  number: 'number literal',
  true: 'true literal',
  false: 'false literal',
  null: 'null literal',
  end: 'end of input',
  error: '<parse error>',
};

const aValue = "'[', '{', or a literal";

class JsonProblem extends Error {}

/** The message for a text that is known not to parse. */
export function explainJson(text: string): string {
  try {
    new Explainer(text).run();
  } catch (problem) {
    if (problem instanceof JsonProblem) return problem.message;
    throw problem;
  }
  return 'Invalid JSON Value';
}

class Explainer {
  readonly #lexer: JsonLexer;
  #token: Token = 'end';
  /** What is open, outermost first. */
  readonly #open: ('array' | 'object')[] = [];

  constructor(text: string) {
    this.#lexer = new JsonLexer(text);
  }

  run(): void {
    this.#advance();
    while (this.#value() || this.#next()) {
      // Every round reads one value, or what is between two.
    }
    if (this.#advance() !== 'end') this.#fail(tokenNames.end, 'value');
  }

  #advance(): Token {
    this.#token = this.#lexer.scan();
    return this.#token;
  }

  /** Reads a value up to its end, or up to the first value inside of it; true in the latter case. */
  #value(): boolean {
    switch (this.#token) {
      case '{':
        if (this.#advance() === '}') return false;
        this.#name();
        this.#open.push('object');
        return true;
      case '[':
        if (this.#advance() === ']') return false;
        this.#open.push('array');
        return true;
      case 'string':
      case 'true':
      case 'false':
      case 'null':
        return false;
      case 'number':
        if (this.#lexer.overflows) throw new JsonProblem(overflow(this.#lexer.lastRead));
        return false;
      case 'error':
        return this.#fail(undefined, 'value');
      default:
        if (this.#token === 'end' && this.#lexer.isEmpty) throw this.#problem(emptyInput);
        return this.#fail(aValue, 'value');
    }
  }

  /** Reads on after a value; false where all is closed. */
  #next(): boolean {
    for (let open = this.#open.at(-1); open !== undefined; open = this.#open.at(-1)) {
      const token = this.#advance();
      if (token === ',') {
        this.#advance();
        if (open === 'object') this.#name();
        return true;
      }
      const close = open === 'array' ? ']' : '}';
      if (token !== close) this.#fail(tokenNames[close], open);
      this.#open.pop();
    }
    return false;
  }

  #name(): void {
    if (this.#token !== 'string') this.#fail(tokenNames.string, 'object key');
    if (this.#advance() !== ':') this.#fail(tokenNames[':'], 'object separator');
    this.#advance();
  }

  #fail(expected: string | undefined, context: string): never {
    const found =
      this.#token === 'error'
        ? `${this.#lexer.error}; last read: '${visible(this.#lexer.lastRead)}'`
        : `unexpected ${tokenNames[this.#token]}`;
    const wanted = expected === undefined ? '' : `; expected ${expected}`;
    throw this.#problem(`syntax error while parsing ${context} - ${found}${wanted}`);
  }

  #problem(message: string): JsonProblem {
    const { line, column } = this.#lexer;
    return new JsonProblem(
      `[json.exception.parse_error.101] parse error at line ${line}, column ${column}: ${message}`,
    );
  }
}

const emptyInput =
  'attempting to parse an empty input; check that your input string or stream contains the expected JSON';

function overflow(text: string): string {
  return `[json.exception.out_of_range.406] number overflow parsing '${visible(text)}'`;
}

function visible(text: string): string {
  return text.replace(
    /[\x00-\x1f]/g,
    (char) => `<U+${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}>`,
  );
}
