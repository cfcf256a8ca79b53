/** The way into the language: source text to syntax tree. */
import type { Source } from '../source.ts';
import type { Expr } from './ast.ts';
import { tokenize } from './lexer.ts';
import { defaultOptions, type SyntaxOptions } from './options.ts';
import { ParseError } from './parse-errors.ts';
import { Parser } from './parser.ts';

let shared: Parser | undefined;

/** What a source is read as: one expression, or bindings as they stand in a set, of which a set is made. */
export type Reading = 'expression' | 'bindings';

/** The syntax tree of a source. Throws `ParseError`. */
export function parse(source: Source, options: Partial<SyntaxOptions> = {}, as: Reading = 'expression'): Expr {
  shared ??= new Parser();
  const all = { ...defaultOptions, ...options };
  try {
    const tokens = tokenize(source.text);
    return as === 'expression' ? shared.file(source, tokens, all) : shared.bindingsAlone(source, tokens, all);
  } catch (error) {
    if (error instanceof RangeError) throw nestedTooDeeply(source);
    throw error;
  }
}

/** The stack is bounded, and every level of nesting takes some of it. */
function nestedTooDeeply(source: Source): ParseError {
  return new ParseError('nesting', 'stack overflow: the expression is nested too deeply', source, 0);
}
