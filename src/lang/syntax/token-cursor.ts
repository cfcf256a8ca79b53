/**
 * The parser's ground floor: one token at a time, and the words for one that does not fit.
 *
 * The grammar stands in the rules (`RULE`, named `…Rule`) of the classes above this one, where chevrotain can check it,
 * draw it and recognise by it. Beside each stands the method that production runs: it says the same by looking at the
 * next token and calling the next method, four times as fast and with a quarter of the stack.
 */
import { EmbeddedActionsParser, EOF, type IToken, type TokenType } from 'chevrotain';
import { fromUnicode } from '../../base/bytes.ts';
import type { Source } from '../source.ts';
import { floatValue, intValue } from './numbers.ts';
import { defaultOptions, type LintLevel, type SyntaxOptions } from './options.ts';
import { ParseError, type ParseRule } from './parse-errors.ts';
import { Float, Int, PathEnd, PipeFrom, PipeInto, TrailingSlash, vocabulary } from './tokens.ts';

const pipesDisabled =
  "experimental Nix feature 'pipe-operators' is disabled; add '--extra-experimental-features pipe-operators' to enable it";

/** A rule of the grammar, without a result. */
export type Rule = () => void;

export abstract class TokenCursor extends EmbeddedActionsParser {
  protected source!: Source;
  protected options: SyntaxOptions = defaultOptions;
  /** The next token, not yet taken. */
  protected token!: IToken;
  /** Its type. */
  protected type!: TokenType;
  #tokens: readonly IToken[] = [];
  #at = 0;

  constructor(checked: boolean) {
    super(vocabulary, { skipValidations: !checked, maxLookahead: 3 });
  }

  protected open(source: Source, tokens: readonly IToken[], options: SyntaxOptions): void {
    this.source = source;
    this.options = options;
    this.#tokens = tokens;
    this.#moveTo(0);
  }

  /** Lets go of the source. */
  protected close(): void {
    this.#tokens = [];
  }

  #moveTo(index: number): void {
    this.#at = index;
    this.token = this.#tokens[index]!;
    this.type = this.token.tokenType;
  }

  /** Takes the next token. The end of the file cannot be taken: nothing asks for it. */
  protected take(): IToken {
    const taken = this.token;
    const next = this.#tokens[++this.#at]!;
    this.token = next;
    this.type = next.tokenType;
    return taken;
  }

  /** The type of a token behind the next: 1 or 2. */
  protected ahead(count: number): TokenType {
    return this.#tokens[this.#at + count]!.tokenType;
  }

  /** Takes a token of this type and no other. */
  protected expect(type: TokenType): IToken {
    if (this.type !== type) this.unexpected(type);
    return this.take();
  }

  /** The next token fits nowhere; `expected` is what would have, where that is four types at most. */
  protected unexpected(...expected: readonly TokenType[]): never {
    this.checkReadable();
    const words = expected.map(nameOf);
    const unexpected = nameOf(this.type);
    const expecting = words.length === 0 ? '' : `, expecting ${words.join(' or ')}`;
    const message = `syntax error, unexpected ${unexpected}${expecting}`;
    throw new ParseError('syntax', message, this.source, this.#place(), words);
  }

  /**
   * Where an error about the next token points. The end of a path has no place of its own: what came before it has,
   * and one piece earlier where the file ends with it.
   */
  #place(): number {
    const { startOffset } = this.token;
    const atEnd = startOffset === this.source.text.length;
    if (this.type === PathEnd) return this.#tokens[this.#at - (atEnd ? 2 : 1)]!.startOffset;
    if (this.type === TrailingSlash && atEnd) return this.#tokens[this.#at - 1]!.startOffset;
    return startOffset;
  }

  protected fail(rule: ParseRule, message: string, pos: number): never {
    throw new ParseError(rule, message, this.source, pos);
  }

  /** A next token that is wrong in itself is reported before any rule is asked whether it fits. */
  protected checkReadable(): void {
    if (this.type === Int) intValue(this.source, this.token);
    else if (this.type === Float) floatValue(this.source, this.token);
    else if (this.type === TrailingSlash) this.fail('trailing-slash', 'path has a trailing slash', this.#place());
    else if ((this.type === PipeInto || this.type === PipeFrom) && !this.options.pipeOperators) {
      this.fail('disabled-feature', pipesDisabled, this.#place());
    }
  }

  /** Tells of a construct that a lint setting is about. */
  protected lint(level: LintLevel, setting: string, message: string, pos: number): void {
    if (level === 'ignore') return;
    const text = `${message} (${setting})`;
    if (level === 'fatal') this.fail('lint', text, pos);
    this.options.warn({ message: text, pos });
  }
}

/** What messages call a type; a byte string. */
function nameOf(type: TokenType): string {
  return type === EOF ? 'end of file' : fromUnicode(type.LABEL!);
}
