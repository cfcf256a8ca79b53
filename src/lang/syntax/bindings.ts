/** The rules of bindings: attribute paths, `name = value;`, `inherit`, and the sets made of them. */

import type { AttrName, AttrsExpr, Expr } from './ast.ts';
import { addAttribute, addInherited, BindingsBuilder } from './attribute-sets.ts';
import { isPlainString, LiteralRules } from './literals.ts';
import type { Rule } from './token-cursor.ts';
import * as T from './tokens.ts';

export abstract class BindingRules extends LiteralRules {
  protected readonly attrNameRule: Rule = this.RULE('attrNameRule', () => {
    this.OR([
      { ALT: () => this.CONSUME(T.Identifier) },
      { ALT: () => this.CONSUME(T.Or) },
      { ALT: () => this.SUBRULE(this.interpolationRule) },
      { ALT: () => this.SUBRULE(this.stringRule) },
    ]);
  });

  protected attrName(): AttrName {
    const pos = this.token.startOffset;
    if (this.type === T.Identifier || this.type === T.Or) return { name: this.take().image, pos };
    if (this.type === T.OpenQuote) return staticName(this.string(), pos);
    if (this.type === T.Interpolation) return staticName(this.interpolation(), pos);
    return this.unexpected(T.Identifier, T.Or, T.Interpolation, T.OpenQuote);
  }

  protected readonly attrPathRule: Rule = this.RULE('attrPathRule', () => {
    this.AT_LEAST_ONE_SEP({ SEP: T.Dot, DEF: () => this.SUBRULE(this.attrNameRule) });
  });

  protected attrPath(): AttrName[] {
    const path = [this.attrName()];
    while (this.type === T.Dot) {
      this.take();
      path.push(this.attrName());
    }
    return path;
  }

  protected readonly bindingsRule: Rule = this.RULE('bindingsRule', () => {
    this.MANY(() =>
      this.OR([{ ALT: () => this.SUBRULE(this.inheritRule) }, { ALT: () => this.SUBRULE(this.bindingRule) }]),
    );
  });

  /** As many bindings as there are; what follows them is the caller's to judge. */
  protected bindings(): BindingsBuilder {
    const bindings = new BindingsBuilder();
    for (;;) {
      if (this.type === T.Inherit) this.#inherit(bindings);
      else if (this.#startsName()) this.#binding(bindings);
      else return bindings;
    }
  }

  #startsName(): boolean {
    const { type } = this;
    return type === T.Identifier || type === T.OpenQuote || type === T.Interpolation || type === T.Or;
  }

  protected readonly bindingRule: Rule = this.RULE('bindingRule', () => {
    this.SUBRULE(this.attrPathRule);
    this.CONSUME(T.Assign);
    this.SUBRULE(this.expressionRule);
    this.CONSUME(T.Semicolon);
  });

  #binding(bindings: BindingsBuilder): void {
    const pos = this.token.startOffset;
    const path = this.attrPath();
    if (this.type !== T.Assign) this.unexpected(T.Dot, T.Assign);
    this.take();
    const value = this.expression();
    this.expect(T.Semicolon);
    addAttribute({ source: this.source, metBefore: this.options.metBefore }, bindings, path, value, pos);
  }

  protected readonly inheritRule: Rule = this.RULE('inheritRule', () => {
    this.CONSUME(T.Inherit);
    this.OPTION(() => {
      this.CONSUME(T.OpenParen);
      this.SUBRULE(this.expressionRule);
      this.CONSUME(T.CloseParen);
    });
    this.MANY(() => this.SUBRULE(this.attrNameRule));
    this.CONSUME(T.Semicolon);
  });

  #inherit(bindings: BindingsBuilder): void {
    this.take();
    const subject = this.type === T.OpenParen ? this.#inheritSubject() : undefined;
    const names: { readonly name: string; readonly pos: number }[] = [];
    while (this.#startsName()) {
      const name = this.attrName();
      if ('expr' in name) this.fail('dynamic-attribute', 'dynamic attributes not allowed in inherit', name.pos);
      names.push(name);
    }
    if (this.type !== T.Semicolon) this.unexpected();
    this.take();
    if (subject === undefined) {
      for (const { name, pos } of names) {
        addInherited(this.source, bindings, { kind: 'inherit', name, pos, value: { kind: 'var', pos, name } });
      }
      return;
    }
    const from = bindings.inheritFrom.push(subject) - 1;
    for (const { name, pos } of names) addInherited(this.source, bindings, { kind: 'inherit-from', name, pos, from });
  }

  #inheritSubject(): Expr {
    this.take();
    const subject = this.expression();
    this.expect(T.CloseParen);
    return subject;
  }

  protected readonly setRule: Rule = this.RULE('setRule', () => {
    this.OPTION(() => this.OR([{ ALT: () => this.CONSUME(T.Rec) }, { ALT: () => this.CONSUME(T.Let) }]));
    this.CONSUME(T.OpenBrace);
    this.SUBRULE(this.bindingsRule);
    this.CONSUME(T.CloseBrace);
  });

  protected set(): AttrsExpr {
    const pos = this.expect(T.OpenBrace).startOffset;
    const bindings = this.bindings();
    // The grammar sees a brace that opens no function: only bindings with an `inherit` may still come.
    if (this.type !== T.CloseBrace) this.unexpected(T.Inherit);
    this.take();
    return { kind: 'attrs', pos, recursive: false, bindings };
  }

  /** `rec { … }`, and the set of the old `let { … }`. */
  protected recursiveSet(): AttrsExpr {
    const pos = this.take().startOffset;
    this.expect(T.OpenBrace);
    const bindings = this.bindings();
    if (this.type !== T.CloseBrace) this.unexpected(T.Inherit, T.CloseBrace);
    this.take();
    return { kind: 'attrs', pos, recursive: true, bindings };
  }
}

function staticName(expr: Expr, pos: number): AttrName {
  return isPlainString(expr) ? { name: expr.parts[0] ?? '', pos } : { expr, pos };
}
