/** The operators, weakest first. `!` and `-` before an operand have a place among them too. */
import type { TokenType } from 'chevrotain';
import type { BinaryOperator } from './ast.ts';
import * as T from './tokens.ts';

export interface BinaryInfo {
  readonly op: BinaryOperator;
  readonly level: number;
  /** Which of two neighbours on one level is done first; with none it is a syntax error to have two. */
  readonly side: 'left' | 'right' | 'none';
}

type Row = readonly [side: BinaryInfo['side'], ...operators: readonly (readonly [BinaryOperator, TokenType])[]];

const rows: readonly Row[] = [
  ['right', ['->', T.Implies]],
  ['left', ['||', T.OrElse]],
  ['left', ['&&', T.And]],
  ['none', ['==', T.Equal], ['!=', T.NotEqual]],
  ['none', ['<', T.Less], ['>', T.Greater], ['<=', T.LessEqual], ['>=', T.GreaterEqual]],
  ['right', ['//', T.Update]],
  ['left'],
  ['left', ['+', T.Plus], ['-', T.Minus]],
  ['left', ['*', T.Star], ['/', T.Slash]],
  ['right', ['++', T.Concat]],
];

/** `!` binds weaker than arithmetic: its row is the empty one above. */
export const notLevel = 6;
/** `?`, whose right side is an attribute path. */
export const hasAttrLevel: number = rows.length;
/** The sign. */
export const negateLevel: number = rows.length + 1;

/** By token type index; undefined for what is no binary operator. */
export const binaryOperators: readonly (BinaryInfo | undefined)[] = byTokenType();

/** Their token types, for the grammar. */
export const binaryTokens: readonly TokenType[] = rows.flatMap(([, ...operators]) => operators.map(([, type]) => type));

function byTokenType(): (BinaryInfo | undefined)[] {
  const table: (BinaryInfo | undefined)[] = [];
  for (const [level, [side, ...operators]] of rows.entries()) {
    for (const [op, type] of operators) table[type.tokenTypeIdx!] = { op, level, side };
  }
  return table;
}
