/** The rules of functions and their arguments. */
import { InternalError } from '../../base/errors.ts';
import type { Formal, Formals, LambdaExpr } from './ast.ts';
import { BindingRules } from './bindings.ts';
import { showName } from './literal-text.ts';
import type { Rule } from './token-cursor.ts';
import * as T from './tokens.ts';

export abstract class FunctionRules extends BindingRules {
  protected readonly formalRule: Rule = this.RULE('formalRule', () => {
    this.CONSUME(T.Identifier);
    this.OPTION(() => {
      this.CONSUME(T.Question);
      this.SUBRULE(this.expressionRule);
    });
  });

  #formal(): Formal {
    const { image: name, startOffset: pos } = this.take();
    if (this.type !== T.Question) return { name, pos, fallback: undefined };
    this.take();
    return { name, pos, fallback: this.expression() };
  }

  protected readonly formalsRule: Rule = this.RULE('formalsRule', () => {
    this.CONSUME(T.OpenBrace);
    this.OPTION(() =>
      this.OR([{ ALT: () => this.CONSUME1(T.Ellipsis) }, { ALT: () => this.SUBRULE(this.formalListRule) }]),
    );
    this.CONSUME(T.CloseBrace);
  });

  protected readonly formalListRule: Rule = this.RULE('formalListRule', () => {
    this.SUBRULE1(this.formalRule);
    this.MANY(() => {
      this.CONSUME1(T.Comma);
      this.SUBRULE2(this.formalRule);
    });
    this.OPTION1(() => {
      this.CONSUME2(T.Comma);
      this.OPTION2(() => this.CONSUME(T.Ellipsis));
    });
  });

  #formals(): Formals {
    this.expect(T.OpenBrace);
    const list: Formal[] = [];
    for (;;) {
      if (this.type === T.Ellipsis) {
        this.take();
        this.expect(T.CloseBrace);
        return { list, ellipsis: true };
      }
      if (this.type === T.CloseBrace) break;
      if (this.type !== T.Identifier) this.unexpected(T.Identifier, T.Ellipsis, T.CloseBrace);
      list.push(this.#formal());
      if (this.#endsFormals()) break;
    }
    this.take();
    return { list, ellipsis: false };
  }

  #endsFormals(): boolean {
    if (this.type === T.CloseBrace) return true;
    if (this.type !== T.Comma) this.unexpected(T.CloseBrace, T.Comma);
    this.take();
    return false;
  }

  protected readonly lambdaRule: Rule = this.RULE('lambdaRule', () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME1(T.Identifier);
          this.OPTION1(() => {
            this.CONSUME1(T.At);
            this.SUBRULE1(this.formalsRule);
          });
        },
      },
      {
        ALT: () => {
          this.SUBRULE2(this.formalsRule);
          this.OPTION2(() => {
            this.CONSUME2(T.At);
            this.CONSUME2(T.Identifier);
          });
        },
      },
    ]);
    this.CONSUME(T.Colon);
    this.SUBRULE(this.expressionRule);
  });

  /** Whether what comes is a function, judged by the three next tokens. */
  protected startsLambda(): boolean {
    const second = this.ahead(1);
    if (this.type === T.Identifier) return second === T.Colon || second === T.At;
    if (this.type !== T.OpenBrace) return false;
    if (second === T.Ellipsis) return true;
    const third = this.ahead(2);
    if (second === T.CloseBrace) return third === T.Colon || third === T.At;
    return second === T.Identifier && (third === T.Question || third === T.Comma || third === T.CloseBrace);
  }

  protected lambda(): LambdaExpr {
    const pos = this.token.startOffset;
    if (this.type === T.OpenBrace) {
      const formals = this.#formals();
      const name = this.type === T.At ? this.#nameAfterFormals() : undefined;
      if (this.type !== T.Colon) this.unexpected(...(name === undefined ? [T.Colon, T.At] : [T.Colon]));
      return this.#body(pos, name, formals);
    }
    const name = this.take().image;
    if (this.type !== T.At) return this.#body(pos, name, undefined);
    this.take();
    const formals = this.#formals();
    if (this.type !== T.Colon) this.unexpected(T.Colon);
    return this.#body(pos, name, formals);
  }

  #nameAfterFormals(): string {
    this.take();
    return this.expect(T.Identifier).image;
  }

  #body(pos: number, name: string | undefined, formals: Formals | undefined): LambdaExpr {
    this.take();
    const body = this.expression();
    if (formals !== undefined) this.#refuseDuplicates(pos, name, formals.list);
    return { kind: 'lambda', pos, name, formals, body };
  }

  /** Looked for only when the body has been read, as errors in it come first. */
  #refuseDuplicates(pos: number, name: string | undefined, list: readonly Formal[]): void {
    const names = new Set(list.map((formal) => formal.name));
    if (names.size < list.length) {
      const again = secondOfSomeName(list);
      this.#duplicate(again.name, again.pos);
    }
    if (name !== undefined && names.has(name)) this.#duplicate(name, pos);
  }

  #duplicate(name: string, pos: number): never {
    this.fail('duplicate-argument', `duplicate formal function argument '${showName(name)}'`, pos);
  }
}

/** Of the first name that is there twice: its second place. */
function secondOfSomeName(list: readonly Formal[]): Formal {
  for (const [index, { name }] of list.entries()) {
    const again = list.slice(index + 1).find((formal) => formal.name === name);
    if (again !== undefined) return again;
  }
  throw new InternalError('no name is there twice');
}
