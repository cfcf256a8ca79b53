/** Words to the tree that keeps them all. The text has been parsed before: nothing is checked here. */
import type { TokenType } from 'chevrotain';
import { InternalError } from '../../base/errors.ts';
import { binaryOperators, hasAttrLevel, negateLevel, notLevel } from '../syntax/operator-table.ts';
import * as T from '../syntax/tokens.ts';
import type {
  AttrName,
  AttrPath,
  Binding,
  Formal,
  Formals,
  Interpolation,
  LambdaNode,
  Node,
  SetNode,
  TextNode,
} from './tree.ts';
import type { Word } from './words.ts';

const operandStarts: ReadonlySet<TokenType> = new Set([
  ...[T.Identifier, T.Int, T.Float, T.OpenQuote, T.OpenIndented, T.Path, T.HomePath, T.SearchPath, T.Uri],
  ...[T.OpenParen, T.OpenBrace, T.OpenBracket, T.Rec, T.Let, T.Or],
]);

/** Pipes bind weaker than all other operators. */
const pipeLevel = -1;

export class Reader {
  readonly #words: Word[];
  #at = 0;

  constructor(words: readonly Word[]) {
    this.#words = [...words];
  }

  get #type(): TokenType {
    return this.#words[this.#at]!.type;
  }

  #ahead(count: number): TokenType | undefined {
    return this.#words[this.#at + count]?.type;
  }

  #take(): Word {
    return this.#words[this.#at++]!;
  }

  #expect(type: TokenType): Word {
    if (this.#type !== type) throw new InternalError(`the formatter met ${this.#type.name} in place of ${type.name}`);
    return this.#take();
  }

  file(): { readonly root: Node; readonly end: Word } {
    const root = this.expression();
    return { root, end: this.#take() };
  }

  expression(): Node {
    return this.#commented(() => this.#expression());
  }

  /** Takes comments on lines of their own away from the first word of an expression. */
  #commented(read: () => Node): Node {
    const first = this.#words[this.#at]!;
    if (!first.before.some(({ ownLine }) => ownLine)) return read();
    this.#words[this.#at] = { ...first, before: [] };
    return { kind: 'commented', first, inner: read() };
  }

  #expression(): Node {
    if (this.#startsLambda()) return this.#lambda();
    switch (this.#type) {
      case T.Let:
        return this.#ahead(1) === T.OpenBrace ? this.#binary(pipeLevel) : this.#let();
      case T.If:
        return this.#if();
      case T.With:
      case T.Assert:
        return this.#scope();
      default:
        return this.#binary(pipeLevel);
    }
  }

  #startsLambda(): boolean {
    const second = this.#ahead(1);
    if (this.#type === T.Identifier) return second === T.Colon || second === T.At;
    if (this.#type !== T.OpenBrace) return false;
    if (second === T.Ellipsis) return true;
    const third = this.#ahead(2);
    if (second === T.CloseBrace) return third === T.Colon || third === T.At;
    return second === T.Identifier && (third === T.Question || third === T.Comma || third === T.CloseBrace);
  }

  #lambda(): LambdaNode {
    const argument: (Word | Formals)[] = [];
    while (this.#type !== T.Colon) argument.push(this.#type === T.OpenBrace ? this.#formals() : this.#take());
    return { kind: 'lambda', argument, colon: this.#take(), body: this.expression() };
  }

  #formals(): Formals {
    const open = this.#take();
    const list: Formal[] = [];
    const commas: Word[] = [];
    let ellipsis: Word | undefined;
    while (this.#type !== T.CloseBrace) {
      if (this.#type === T.Comma) commas.push(this.#take());
      else if (this.#type === T.Ellipsis) ellipsis = this.#take();
      else list.push(this.#formal());
    }
    return { open, list, commas, ellipsis, close: this.#take() };
  }

  #formal(): Formal {
    const name = this.#expect(T.Identifier);
    if (this.#type !== T.Question) return { name, fallback: undefined };
    return { name, fallback: { question: this.#take(), value: this.expression() } };
  }

  #let(): Node {
    const keyword = this.#take();
    const bindings = this.#bindings();
    return { kind: 'let', keyword, bindings, inWord: this.#expect(T.In), body: this.expression() };
  }

  #if(): Node {
    const ifWord = this.#take();
    const condition = this.expression();
    const thenWord = this.#expect(T.Then);
    const then = this.expression();
    const elseWord = this.#expect(T.Else);
    return { kind: 'if', ifWord, condition, thenWord, then, elseWord, otherwise: this.expression() };
  }

  #scope(): Node {
    const keyword = this.#take();
    const head = this.expression();
    return { kind: 'scope', keyword, head, semicolon: this.#expect(T.Semicolon), body: this.expression() };
  }

  /** Operators of at least a level. */
  #binary(level: number): Node {
    let left = this.#operand();
    for (;;) {
      const found = this.#operatorLevel();
      if (found === undefined || found < level) return left;
      const op = this.#take();
      if (op.type === T.Question) left = { kind: 'has', subject: left, question: op, path: this.#attrPath() };
      else left = { kind: 'binary', left, op, right: this.#right(found), level: found };
    }
  }

  /** The right operand of an operator; what cannot be one without parentheses may follow a pipe. */
  #right(level: number): Node {
    return this.#binary(level + 1);
  }

  #operatorLevel(): number | undefined {
    const type = this.#type;
    if (type === T.Question) return hasAttrLevel;
    if (type === T.PipeFrom || type === T.PipeInto) return pipeLevel;
    return binaryOperators[type.tokenTypeIdx!]?.level;
  }

  #operand(): Node {
    if (this.#type === T.Not) return { kind: 'unary', op: this.#take(), operand: this.#binary(notLevel) };
    if (this.#type === T.Minus) return { kind: 'unary', op: this.#take(), operand: this.#binary(negateLevel) };
    return this.#application();
  }

  #application(): Node {
    const fn = this.#select();
    if (!operandStarts.has(this.#type)) return fn;
    const args: Node[] = [];
    while (operandStarts.has(this.#type)) args.push(this.#select());
    return { kind: 'apply', fn, args };
  }

  #select(): Node {
    const subject = this.#atom();
    if (this.#type !== T.Dot) return subject;
    const dot = this.#take();
    const path = this.#attrPath();
    const fallback = this.#type === T.Or ? { or: this.#take(), value: this.#select() } : undefined;
    return { kind: 'select', subject, dot, path, fallback };
  }

  #atom(): Node {
    switch (this.#type) {
      case T.OpenQuote:
      case T.OpenIndented:
      case T.Path:
      case T.HomePath:
        return this.#text();
      case T.OpenParen:
        return { kind: 'parens', open: this.#take(), inner: this.expression(), close: this.#expect(T.CloseParen) };
      case T.OpenBracket:
        return this.#list();
      case T.OpenBrace:
      case T.Rec:
      case T.Let:
        return this.#set();
      default:
        return { kind: 'word', word: this.#take() };
    }
  }

  #text(): TextNode {
    const open = this.#take();
    const parts: (Word | Interpolation)[] = [];
    const ends = closers.get(open.type)!;
    while (this.#type !== ends) parts.push(this.#type === T.Interpolation ? this.#interpolation() : this.#take());
    return { kind: 'text', open, parts, close: this.#take() };
  }

  #interpolation(): Interpolation {
    return { open: this.#take(), inner: this.expression(), close: this.#expect(T.CloseBrace) };
  }

  #list(): Node {
    const open = this.#take();
    const items: Node[] = [];
    while (this.#type !== T.CloseBracket) items.push(this.#commented(() => this.#select()));
    return { kind: 'list', open, items, close: this.#take() };
  }

  #set(): SetNode {
    const keyword = this.#type === T.OpenBrace ? undefined : this.#take();
    const open = this.#expect(T.OpenBrace);
    const bindings = this.#bindings();
    return { kind: 'set', keyword, open, bindings, close: this.#expect(T.CloseBrace) };
  }

  #bindings(): Binding[] {
    const bindings: Binding[] = [];
    for (;;) {
      if (this.#type === T.Inherit) bindings.push(this.#inherit());
      else if (this.#startsName()) bindings.push(this.#binding());
      else return bindings;
    }
  }

  #startsName(): boolean {
    const type = this.#type;
    return type === T.Identifier || type === T.OpenQuote || type === T.Interpolation || type === T.Or;
  }

  #binding(): Binding {
    const path = this.#attrPath();
    const equals = this.#expect(T.Assign);
    const value = this.expression();
    return { kind: 'binding', path, equals, value, semicolon: this.#expect(T.Semicolon) };
  }

  #inherit(): Binding {
    const keyword = this.#take();
    const from =
      this.#type === T.OpenParen
        ? { open: this.#take(), inner: this.expression(), close: this.#expect(T.CloseParen) }
        : undefined;
    const names: AttrName[] = [];
    while (this.#startsName()) names.push(this.#attrName());
    return { kind: 'inherit', keyword, from, names, semicolon: this.#expect(T.Semicolon) };
  }

  #attrPath(): AttrPath {
    const names = [this.#attrName()];
    const dots: Word[] = [];
    while (this.#type === T.Dot) {
      dots.push(this.#take());
      names.push(this.#attrName());
    }
    return { names, dots };
  }

  #attrName(): AttrName {
    if (this.#type === T.OpenQuote) return this.#text();
    return this.#type === T.Interpolation ? this.#interpolation() : this.#take();
  }
}

const closers: ReadonlyMap<TokenType, TokenType> = new Map([
  [T.OpenQuote, T.CloseQuote],
  [T.OpenIndented, T.CloseIndented],
  [T.Path, T.PathEnd],
  [T.HomePath, T.PathEnd],
]);
