/**
 * Formatting: the same program in one style, that of RFC 166 of the language's community as far as it goes here. What
 * is written is read again and compared: a formatter that changed a program would be worse than none.
 */
import { InternalError } from '../../base/errors.ts';
import { EvalError } from '../errors.ts';
import { type Origin, positions } from '../source.ts';
import type { Expr } from '../syntax/ast.ts';
import { parse } from '../syntax/parse.ts';
import { ParseError } from '../syntax/parse-errors.ts';
import { fileDoc } from './layout.ts';
import { Reader } from './reader.ts';
import { render } from './render.ts';
import { isSameTree } from './same-tree.ts';
import { wordsOf } from './words.ts';

/** How often a text is written anew until it stays as it is; comments may take a second time to find their place. */
const mostRounds = 5;

/** The formatted text of a program; texts are byte strings. Throws an `EvalError` where the text is no program. */
export function format(text: string, origin: Origin = { kind: 'string' }): string {
  const before = treeOf(text, origin);
  let formatted = text;
  for (let round = 0; round < mostRounds; round++) {
    const { root, end } = new Reader(wordsOf(formatted)).file();
    const next = render(fileDoc(root, end));
    if (next === formatted) break;
    formatted = next;
  }
  if (commentsOf(text) !== commentsOf(formatted)) throw new InternalError('formatting would lose a comment');
  if (!isSameTree(before, treeOf(formatted, origin)))
    throw new InternalError('formatting would change what the program means');
  return formatted;
}

/** All comments, apart from the space in them and their order. */
function commentsOf(text: string): string {
  const comments = wordsOf(text).flatMap(({ before, after }) => [...before.map((comment) => comment.text), ...after]);
  return comments
    .map((comment) => comment.replace(/\s+/g, ''))
    .sort()
    .join('\n');
}

function treeOf(text: string, origin: Origin): Expr {
  const source = positions.add(origin, text);
  try {
    return parse(source, { pipeOperators: true });
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    throw new EvalError('parse', error.message, { pos: source.base + error.pos });
  }
}
