/**
 * A lexer by the definitions that chevrotain's own reads: token types by mode, of which the first that matches wins.
 * It gives the same tokens (which is tested), and is ready at once, while chevrotain looks through all definitions for
 * longer than most programs take to run.
 */
import type { CustomPatternMatcherFunc, IToken, TokenType } from 'chevrotain';

interface Definition {
  readonly type: TokenType;
  /** The text that matches at an offset, or null. */
  readonly match: (text: string, offset: number) => string | null;
  readonly isSkipped: boolean;
  readonly push: string | undefined;
  readonly pop: boolean;
}

type Mode = (Definition[] | undefined)[];

export class ModalLexer {
  readonly #types: Readonly<Record<string, readonly TokenType[]>>;
  readonly #start: string;
  /** By mode and first character, the definitions to try in turn; made when first needed. */
  readonly #modes = new Map<string, Mode>();
  readonly #definitions = new Map<TokenType, Definition>();

  constructor(types: Readonly<Record<string, readonly TokenType[]>>, start: string) {
    this.#types = types;
    this.#start = start;
  }

  /** What no type matches is passed over. */
  tokenize(text: string): IToken[] {
    const tokens: IToken[] = [];
    const outer: string[] = [];
    let name = this.#start;
    let mode = this.#mode(name);
    for (let at = 0; at < text.length; ) {
      const code = text.charCodeAt(at);
      const candidates = (mode[code] ??= this.#candidates(name, code));
      let image: string | null = null;
      let found: Definition | undefined;
      for (let i = 0; i < candidates.length && image === null; i++) {
        found = candidates[i]!;
        image = found.match(text, at);
      }
      if (image === null || found === undefined) {
        at += 1;
        continue;
      }
      if (!found.isSkipped) tokens.push(tokenOf(image, at, found.type));
      at += image.length;
      if (found.pop && outer.length > 0) mode = this.#mode((name = outer.pop()!));
      if (found.push !== undefined) {
        outer.push(name);
        mode = this.#mode((name = found.push));
      }
    }
    return tokens;
  }

  #mode(name: string): Mode {
    let mode = this.#modes.get(name);
    if (mode === undefined) {
      mode = new Array<Definition[] | undefined>(256).fill(undefined);
      this.#modes.set(name, mode);
    }
    return mode;
  }

  #candidates(mode: string, code: number): Definition[] {
    return this.#types[mode]!.filter((type) => mayStart(type, code)).map((type) => {
      let definition = this.#definitions.get(type);
      if (definition === undefined) {
        definition = definitionOf(type);
        this.#definitions.set(type, definition);
      }
      return definition;
    });
  }
}

export function tokenOf(image: string, startOffset: number, tokenType: TokenType): IToken {
  return { image, startOffset, tokenTypeIdx: tokenType.tokenTypeIdx!, tokenType };
}

function mayStart({ PATTERN, START_CHARS_HINT }: TokenType, code: number): boolean {
  if (typeof PATTERN === 'string') return PATTERN.charCodeAt(0) === code;
  const character = String.fromCharCode(code);
  return START_CHARS_HINT === undefined || START_CHARS_HINT.some((one) => one === code || one === character);
}

function definitionOf(type: TokenType): Definition {
  const { PATTERN, PUSH_MODE, POP_MODE, GROUP } = type;
  return {
    type,
    match: matcher(PATTERN!),
    isSkipped: GROUP !== undefined && GROUP !== 'default',
    push: PUSH_MODE,
    pop: POP_MODE === true,
  };
}

function matcher(pattern: NonNullable<TokenType['PATTERN']>): Definition['match'] {
  if (typeof pattern === 'string') return (text, offset) => (text.startsWith(pattern, offset) ? pattern : null);
  if (pattern instanceof RegExp) {
    const sticky = new RegExp(pattern.source, 'y');
    return (text, offset) => {
      sticky.lastIndex = offset;
      return sticky.test(text) ? text.slice(offset, sticky.lastIndex) : null;
    };
  }
  const custom = (typeof pattern === 'function' ? pattern : pattern.exec) as CustomPatternMatcherFunc;
  return (text, offset) => custom(text, offset, [], {})?.[0] ?? null;
}
