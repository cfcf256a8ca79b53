/** Parsing in tests: text in, a tree as text or an error out. */
import { fromUnicode, toUnicode } from '../../../src/base/bytes.ts';
import { Source } from '../../../src/lang/source.ts';
import type { Expr } from '../../../src/lang/syntax/ast.ts';
import type { SyntaxOptions } from '../../../src/lang/syntax/options.ts';
import { parse } from '../../../src/lang/syntax/parse.ts';
import { ParseError } from '../../../src/lang/syntax/parse-errors.ts';
import { printExpr } from '../../../src/lang/syntax/print-expr.ts';

export const sourceOf = (text: string): Source => new Source({ kind: 'file', path: '/f.nix' }, fromUnicode(text), 1);

export const parseText = (text: string, options: Partial<SyntaxOptions> = {}): Expr => parse(sourceOf(text), options);

/** The tree as `sysbuild parse` prints it, for a file in `/base` of a user whose home is `/home/me`. */
export function printed(text: string, options: Partial<SyntaxOptions> = {}): string {
  return toUnicode(printExpr(parseText(text, options), { basePath: '/base', home: '/home/me' }));
}

export function errorOf(text: string, options: Partial<SyntaxOptions> = {}): ParseError {
  try {
    parseText(text, options);
  } catch (error) {
    if (error instanceof ParseError) return error;
    throw error;
  }
  throw new Error(`parses: ${text}`);
}

/** `message @offset`. */
export function complaint(text: string, options: Partial<SyntaxOptions> = {}): string {
  const error = errorOf(text, options);
  return `${toUnicode(error.message)} @${error.pos}`;
}
