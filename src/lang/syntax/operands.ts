/** The rules of operands: atoms, selection, application, lists. */
import type { IToken } from 'chevrotain';
import type { ApplyExpr, Expr, ListExpr } from './ast.ts';
import { FunctionRules } from './functions.ts';
import type { Rule } from './token-cursor.ts';
import * as T from './tokens.ts';

/** Types that an operand can start with, by their index. */
const operandStarts: readonly boolean[] = startsTable();

function startsTable(): boolean[] {
  const table: boolean[] = [];
  const starts = [
    ...[T.Identifier, T.Int, T.Float, T.OpenQuote, T.OpenIndented, T.Path, T.HomePath, T.SearchPath, T.Uri],
    ...[T.OpenParen, T.OpenBrace, T.OpenBracket, T.Rec, T.Let],
  ];
  for (const { tokenTypeIdx } of starts) table[tokenTypeIdx!] = true;
  return table;
}

export abstract class OperandRules extends FunctionRules {
  /** The last `f or` that was read, unless more than an atom can stand where it does; and where it ends. */
  #loneOr: ApplyExpr | undefined;
  #loneOrEnd = 0;

  protected readonly atomRule: Rule = this.RULE('atomRule', () => {
    this.OR([
      { ALT: () => this.CONSUME(T.Identifier) },
      { ALT: () => this.CONSUME(T.Int) },
      { ALT: () => this.CONSUME(T.Float) },
      { ALT: () => this.SUBRULE(this.stringRule) },
      { ALT: () => this.SUBRULE(this.indentedStringRule) },
      { ALT: () => this.SUBRULE(this.pathRule) },
      { ALT: () => this.CONSUME(T.SearchPath) },
      { ALT: () => this.CONSUME(T.Uri) },
      { ALT: () => this.SUBRULE(this.parenthesesRule) },
      { ALT: () => this.SUBRULE(this.setRule) },
      { ALT: () => this.SUBRULE(this.listRule) },
    ]);
  });

  #atom(): Expr {
    switch (this.type) {
      case T.Identifier:
        return variable(this.take());
      case T.OpenQuote:
        return this.string();
      case T.OpenBrace:
        return this.set();
      case T.OpenParen:
        return this.#parentheses();
      case T.OpenBracket:
        return this.#list();
      case T.OpenIndented:
        return this.indentedString();
      case T.Int:
        return this.int();
      case T.Path:
      case T.HomePath:
        return this.path();
      case T.Rec:
        return this.recursiveSet();
      case T.Let:
        return this.#oldLet();
      default:
        return this.#rareAtom();
    }
  }

  #rareAtom(): Expr {
    if (this.type === T.Float) return this.float();
    if (this.type === T.SearchPath) return this.searchPath();
    if (this.type === T.Uri) return this.uri();
    return this.unexpected();
  }

  protected readonly parenthesesRule: Rule = this.RULE('parenthesesRule', () => {
    this.CONSUME(T.OpenParen);
    this.SUBRULE(this.expressionRule);
    this.CONSUME(T.CloseParen);
  });

  #parentheses(): Expr {
    this.take();
    const expr = this.expression();
    this.expect(T.CloseParen);
    return expr;
  }

  /** `let { …; body = e; }` is `(rec { …; body = e; }).body`. */
  #oldLet(): Expr {
    const subject = this.recursiveSet();
    return {
      kind: 'select',
      pos: subject.pos,
      subject,
      path: [{ name: 'body', pos: subject.pos }],
      fallback: undefined,
    };
  }

  protected readonly listRule: Rule = this.RULE('listRule', () => {
    this.CONSUME(T.OpenBracket);
    this.MANY(() => this.SUBRULE(this.selectRule));
    this.CONSUME(T.CloseBracket);
  });

  #list(): ListExpr {
    const pos = this.take().startOffset;
    const items: Expr[] = [];
    while (this.type !== T.CloseBracket) items.push(this.#argument());
    this.take();
    return { kind: 'list', pos, items };
  }

  protected readonly selectRule: Rule = this.RULE('selectRule', () => {
    this.SUBRULE(this.atomRule);
    this.OPTION(() => this.OR([{ ALT: () => this.SUBRULE(this.selectionRule) }, { ALT: () => this.CONSUME(T.Or) }]));
  });

  protected readonly selectionRule: Rule = this.RULE('selectionRule', () => {
    this.CONSUME(T.Dot);
    this.SUBRULE(this.attrPathRule);
    this.OPTION(() => {
      this.CONSUME(T.Or);
      this.SUBRULE(this.selectRule);
    });
  });

  /**
   * An atom with its path. `f or` alone applies `f` to a variable `or`, because a library once had a function of
   * that name: it binds tighter than any other application, and where that shows a warning is given.
   */
  protected select(): Expr {
    const pos = this.token.startOffset;
    const subject = this.#atom();
    if (this.type === T.Dot) return this.#selection(pos, subject);
    if (this.type !== T.Or) return subject;
    const { image: name, startOffset } = this.take();
    // The variable has the place of the whole.
    this.#loneOr = { kind: 'apply', pos, fn: subject, args: [{ kind: 'var', pos, name }] };
    this.#loneOrEnd = startOffset + name.length;
    return this.#loneOr;
  }

  #selection(pos: number, subject: Expr): Expr {
    this.take();
    const path = this.attrPath();
    if (this.type !== T.Or) return { kind: 'select', pos, subject, path, fallback: undefined };
    this.take();
    return { kind: 'select', pos, subject, path, fallback: this.#argument() };
  }

  /** What a list, an application or an `or` takes: here `f or` is read as hardly anybody means it. */
  #argument(): Expr {
    const expr = this.select();
    if (expr === this.#loneOr) this.#warnLoneOr(expr.pos);
    return expr;
  }

  #warnLoneOr(pos: number): void {
    const { line, column } = this.source.lineAndColumn(pos);
    const text = this.source.text.slice(pos, this.#loneOrEnd).replace(/\r\n?/g, '\n');
    const message = [
      `at ${this.source.label}:${line}:${column}: This expression uses \`or\` as an identifier in a way that will change in a future Nix release.`,
      'Wrap this entire expression in parentheses to preserve its current meaning:',
      `    (${text})`,
      'Give feedback at https://github.com/NixOS/nix/pull/11121',
    ];
    this.options.warn({ message: message.join('\n'), pos: undefined });
  }

  protected readonly applicationRule: Rule = this.RULE('applicationRule', () => {
    this.AT_LEAST_ONE(() => this.SUBRULE(this.selectRule));
  });

  protected application(): Expr {
    const pos = this.token.startOffset;
    const fn = this.select();
    this.#loneOr = undefined;
    if (operandStarts[this.token.tokenTypeIdx] !== true) return fn;
    const args: Expr[] = [];
    do args.push(this.#argument());
    while (operandStarts[this.token.tokenTypeIdx] === true);
    return applyTo(pos, fn, args);
  }
}

function variable({ image: name, startOffset: pos }: IToken): Expr {
  return name === '__curPos' ? { kind: 'cur-pos', pos } : { kind: 'var', pos, name };
}

/** An application; of an application, the same with more arguments. */
export function applyTo(pos: number, fn: Expr, args: readonly Expr[]): ApplyExpr {
  if (fn.kind !== 'apply') return { kind: 'apply', pos, fn, args };
  return { kind: 'apply', pos: fn.pos, fn: fn.fn, args: [...fn.args, ...args] };
}
