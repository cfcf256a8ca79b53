/** The rules of literals: numbers, strings of both kinds, paths, URIs. */
import type { IToken } from 'chevrotain';
import type { Expr, PathExpr, SearchPathExpr, StringExpr } from './ast.ts';
import { type IndentedPart, stripIndentation } from './indentation.ts';
import { floatValue, intValue } from './numbers.ts';
import { unescapeText } from './string-text.ts';
import { type Rule, TokenCursor } from './token-cursor.ts';
import * as T from './tokens.ts';

export abstract class LiteralRules extends TokenCursor {
  protected abstract readonly expressionRule: Rule;
  abstract expression(): Expr;

  protected readonly interpolationRule: Rule = this.RULE('interpolationRule', () => {
    this.CONSUME(T.Interpolation);
    this.SUBRULE(this.expressionRule);
    this.CONSUME(T.CloseBrace);
  });

  protected interpolation(): Expr {
    this.expect(T.Interpolation);
    const expr = this.expression();
    this.expect(T.CloseBrace);
    return expr;
  }

  protected readonly stringRule: Rule = this.RULE('stringRule', () => {
    this.CONSUME(T.OpenQuote);
    this.MANY(() =>
      this.OR([{ ALT: () => this.CONSUME(T.QuotedText) }, { ALT: () => this.SUBRULE(this.interpolationRule) }]),
    );
    this.CONSUME(T.CloseQuote);
  });

  protected string(): StringExpr {
    const open = this.expect(T.OpenQuote).startOffset;
    const first = this.token.startOffset;
    const parts: (string | Expr)[] = [];
    const at: number[] = [];
    for (;;) {
      const pos = this.token.startOffset;
      if (this.type === T.QuotedText) parts.push(this.#quotedText(this.take()));
      else if (this.type === T.Interpolation) parts.push(this.interpolation());
      else break;
      at.push(pos);
    }
    this.expect(T.CloseQuote);
    const plain = parts.length === 0 || (parts.length === 1 && typeof parts[0] === 'string');
    return { kind: 'string', pos: plain ? open : first, parts, at };
  }

  #quotedText({ image, startOffset }: IToken): string {
    const text = unescapeText(image);
    // A NUL that a backslash stands before is let through, by everybody.
    if (image.includes('\0') && image.replace(/\\[\0-\xff]/g, '').includes('\0')) this.#refuseNul(text, startOffset);
    return text;
  }

  protected readonly indentedStringRule: Rule = this.RULE('indentedStringRule', () => {
    this.CONSUME(T.OpenIndented);
    this.MANY(() =>
      this.OR([
        { ALT: () => this.CONSUME(T.IndentedText) },
        { ALT: () => this.CONSUME(T.IndentedDollar) },
        { ALT: () => this.CONSUME(T.IndentedTicks) },
        { ALT: () => this.CONSUME(T.IndentedTick) },
        { ALT: () => this.CONSUME(T.IndentedEscape) },
        { ALT: () => this.SUBRULE(this.interpolationRule) },
      ]),
    );
    this.CONSUME(T.CloseIndented);
  });

  protected indentedString(): StringExpr {
    const pos = this.expect(T.OpenIndented).startOffset;
    const parts: IndentedPart<Expr>[] = [];
    while (this.type !== T.CloseIndented) parts.push(this.#indentedPart());
    this.take();
    const stripped = stripIndentation(parts);
    const only = stripped[0]?.content;
    // An indented string of nothing but one plain string is that string.
    if (stripped.length === 1 && typeof only === 'object' && isPlainString(only)) return only;
    return { kind: 'string', pos, parts: stripped.map((part) => part.content), at: stripped.map((part) => part.pos) };
  }

  #indentedPart(): IndentedPart<Expr> {
    const pos = this.token.startOffset;
    if (this.type === T.Interpolation) return { content: this.interpolation(), plain: false, pos };
    const text = indentedText(this.token);
    if (text === undefined) this.unexpected(T.IndentedText, T.Interpolation, T.CloseIndented);
    const plain = this.type === T.IndentedText;
    if (plain && text.includes('\0')) this.#refuseNul(text, pos);
    this.take();
    return { content: text, plain, pos };
  }

  #refuseNul(text: string, pos: number): never {
    // The picture of a NUL, as UTF-8.
    const shown = text.replaceAll('\0', '\xe2\x90\x80');
    const message = `input string '${shown}' cannot be represented as Nix string because it contains null bytes`;
    return this.fail('null-byte', message, pos);
  }

  protected readonly pathRule: Rule = this.RULE('pathRule', () => {
    this.OR([{ ALT: () => this.CONSUME(T.Path) }, { ALT: () => this.CONSUME(T.HomePath) }]);
    this.OPTION1(() => {
      this.OPTION2(() => this.CONSUME1(T.PathText));
      this.AT_LEAST_ONE(() => {
        this.SUBRULE(this.interpolationRule);
        this.MANY(() => this.CONSUME2(T.PathText));
      });
    });
    this.CONSUME(T.PathEnd);
  });

  protected path(): PathExpr {
    const { image, startOffset: pos } = this.take();
    this.#judgePath(image, pos);
    const parts: (string | Expr)[] = [image];
    const at = [pos];
    while (this.type !== T.PathEnd) {
      at.push(this.token.startOffset);
      if (this.type === T.Interpolation) parts.push(this.interpolation());
      else if (this.type === T.PathText) parts.push(this.#pathText(parts.length === 1));
      else this.unexpected(T.PathText, T.PathEnd, T.Interpolation);
    }
    this.take();
    return { kind: 'path', pos, parts, at };
  }

  /** A path that simply goes on after a slash was doubled: only an interpolation makes sense of that. */
  #pathText(first: boolean): string {
    const { image } = this.take();
    if (first && this.type !== T.Interpolation) this.unexpected(T.Interpolation);
    return image;
  }

  #judgePath(image: string, pos: number): void {
    const { options } = this;
    const change = `Consider replacing path literal '${image}' by a string, relative path, or parameter`;
    if (image.startsWith('/')) {
      const message = `absolute path literals are not portable. ${change}`;
      this.lint(options.absolutePathLiterals, 'lint-absolute-path-literals', message, pos);
    } else if (image.startsWith('~')) {
      if (options.pureEval) this.fail('home-path', `the path '${image}' can not be resolved in pure mode`, pos);
      const message = `home path literals are not portable. ${change}`;
      this.lint(options.absolutePathLiterals, 'lint-absolute-path-literals', message, pos);
    } else if (!image.startsWith('.')) {
      const message = `relative path literal '${image}' should be prefixed with '.' for clarity: './${image}'`;
      this.lint(options.shortPathLiterals, 'lint-short-path-literals', message, pos);
    }
  }

  protected int(): Expr {
    const value = intValue(this.source, this.token);
    return { kind: 'int', pos: this.take().startOffset, value };
  }

  protected float(): Expr {
    const value = floatValue(this.source, this.token);
    return { kind: 'float', pos: this.take().startOffset, value };
  }

  protected searchPath(): SearchPathExpr {
    const { image, startOffset: pos } = this.take();
    return { kind: 'search-path', pos, path: image.slice(1, -1) };
  }

  protected uri(): StringExpr {
    const { image, startOffset: pos } = this.take();
    const level = this.options.urlLiterals;
    const judged = level === 'fatal' ? 'disallowed' : 'discouraged';
    const message = `URL literals are ${judged}. Consider using a string literal "${image}" instead`;
    this.lint(level, 'lint-url-literals', message, pos);
    return { kind: 'string', pos, parts: [image], at: [pos] };
  }
}

/** A string without interpolation: as the name of an attribute it is no dynamic one. */
export function isPlainString(expr: Expr): expr is StringExpr & { readonly parts: readonly string[] } {
  if (expr.kind !== 'string') return false;
  return expr.parts.length === 0 || (expr.parts.length === 1 && typeof expr.parts[0] === 'string');
}

/** What a token of an indented string stands for; undefined for any other token. */
function indentedText({ tokenType, image }: IToken): string | undefined {
  switch (tokenType) {
    case T.IndentedText:
      return image;
    case T.IndentedDollar:
      return '$';
    case T.IndentedTicks:
      return "''";
    case T.IndentedTick:
      return "'";
    case T.IndentedEscape:
      return unescapeText(image.slice(2));
    default:
      return undefined;
  }
}
