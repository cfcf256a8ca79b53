/** The way into the language: source text to syntax tree. */
import type { Source } from '../source.ts';
import type { Expr } from './ast.ts';
import { tokenize } from './lexer.ts';
import { defaultOptions, type SyntaxOptions } from './options.ts';
import { ParseError } from './parse-errors.ts';
import { Parser } from './parser.ts';

let shared: Parser | undefined;

/** The one expression that a source holds. Throws `ParseError`. */
export function parse(source: Source, options: Partial<SyntaxOptions> = {}): Expr {
  shared ??= new Parser();
  try {
    return shared.file(source, tokenize(source.text), { ...defaultOptions, ...options });
  } catch (error) {
    if (error instanceof RangeError) throw nestedTooDeeply(source);
    throw error;
  }
}

/** The stack is bounded, and every level of nesting takes some of it. */
function nestedTooDeeply(source: Source): ParseError {
  return new ParseError('nesting', 'stack overflow: the expression is nested too deeply', source, 0);
}
