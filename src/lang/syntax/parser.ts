/**
 * The grammar of the language: its expressions, on top of what the classes below know. A file is one expression.
 */
import { EOF, type IToken } from 'chevrotain';
import type { Source } from '../source.ts';
import type { Expr } from './ast.ts';
import { OperatorRules } from './operators.ts';
import type { SyntaxOptions } from './options.ts';
import type { Rule } from './token-cursor.ts';
import * as T from './tokens.ts';

export class Parser extends OperatorRules {
  /**
   * Only a `checked` parser has its grammar analysed, and can recognise by it. Production runs the methods alone, which
   * need no lookahead tables: making those takes longer than parsing most programs.
   */
  constructor(checked = false) {
    super(checked);
    if (checked) this.performSelfAnalysis();
  }

  /** Whether the grammar has these tokens (of code without errors of other kinds); for a `checked` parser. */
  recognises(tokens: IToken[]): boolean {
    this.input = tokens.filter((token) => token.tokenType !== EOF);
    this.fileRule();
    return this.errors.length === 0;
  }

  protected readonly fileRule: Rule = this.RULE('fileRule', () => {
    this.SUBRULE(this.expressionRule);
    this.CONSUME(EOF);
  });

  file(source: Source, tokens: readonly IToken[], options: SyntaxOptions): Expr {
    this.open(source, tokens, options);
    try {
      const expr = this.expression();
      if (this.type !== EOF) this.unexpected(EOF);
      return expr;
    } finally {
      this.close();
    }
  }

  /** Bindings without braces around them, as a set. */
  bindingsAlone(source: Source, tokens: readonly IToken[], options: SyntaxOptions): Expr {
    this.open(source, tokens, options);
    try {
      const bindings = this.bindings();
      if (this.type !== EOF) this.unexpected(T.Inherit, EOF);
      return { kind: 'attrs', pos: 0, recursive: false, bindings };
    } finally {
      this.close();
    }
  }

  protected readonly expressionRule: Rule = this.RULE('expressionRule', () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.lambdaRule) },
      { ALT: () => this.SUBRULE(this.assertRule) },
      { ALT: () => this.SUBRULE(this.withRule) },
      { ALT: () => this.SUBRULE(this.letRule) },
      { ALT: () => this.SUBRULE(this.ifRule) },
      { ALT: () => this.SUBRULE(this.pipesRule) },
    ]);
  });

  expression(): Expr {
    switch (this.type) {
      case T.Identifier:
      case T.OpenBrace:
        return this.startsLambda() ? this.lambda() : this.pipes();
      case T.Let:
        return this.ahead(1) === T.OpenBrace ? this.pipes() : this.#let();
      case T.If:
        return this.#if();
      case T.With:
        return this.#with();
      case T.Assert:
        return this.#assert();
      default:
        return this.pipes();
    }
  }

  protected readonly assertRule: Rule = this.RULE('assertRule', () => {
    this.CONSUME(T.Assert);
    this.SUBRULE1(this.expressionRule);
    this.CONSUME(T.Semicolon);
    this.SUBRULE2(this.expressionRule);
  });

  #assert(): Expr {
    const pos = this.take().startOffset;
    const condition = this.expression();
    this.expect(T.Semicolon);
    return { kind: 'assert', pos, condition, body: this.expression() };
  }

  protected readonly withRule: Rule = this.RULE('withRule', () => {
    this.CONSUME(T.With);
    this.SUBRULE1(this.expressionRule);
    this.CONSUME(T.Semicolon);
    this.SUBRULE2(this.expressionRule);
  });

  #with(): Expr {
    const pos = this.take().startOffset;
    const scope = this.expression();
    this.expect(T.Semicolon);
    return { kind: 'with', pos, scope, body: this.expression() };
  }

  protected readonly letRule: Rule = this.RULE('letRule', () => {
    this.CONSUME(T.Let);
    this.SUBRULE(this.bindingsRule);
    this.CONSUME(T.In);
    this.SUBRULE(this.expressionRule);
  });

  #let(): Expr {
    const pos = this.take().startOffset;
    const bindings = this.bindings();
    if (this.type !== T.In) this.unexpected(T.In, T.Inherit);
    this.take();
    const body = this.expression();
    if (bindings.dynamics.length > 0) this.fail('dynamic-attribute', 'dynamic attributes not allowed in let', pos);
    return { kind: 'let', pos, bindings, body };
  }

  protected readonly ifRule: Rule = this.RULE('ifRule', () => {
    this.CONSUME(T.If);
    this.SUBRULE1(this.expressionRule);
    this.CONSUME(T.Then);
    this.SUBRULE2(this.expressionRule);
    this.CONSUME(T.Else);
    this.SUBRULE3(this.expressionRule);
  });

  #if(): Expr {
    const pos = this.take().startOffset;
    const condition = this.expression();
    this.expect(T.Then);
    const then = this.expression();
    this.expect(T.Else);
    return { kind: 'if', pos, condition, then, otherwise: this.expression() };
  }
}
