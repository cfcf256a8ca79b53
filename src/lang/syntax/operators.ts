/** The rules of operators and pipes: one flat rule, made a tree by precedence with two stacks and no recursion. */
import type { IToken } from 'chevrotain';
import type { Expr } from './ast.ts';
import { applyTo, OperandRules } from './operands.ts';
import {
  type BinaryInfo,
  binaryOperators,
  binaryTokens,
  hasAttrLevel,
  negateLevel,
  notLevel,
} from './operator-table.ts';
import type { Rule } from './token-cursor.ts';
import * as T from './tokens.ts';

/** An operator that waits for its right side. */
interface Waiting {
  readonly level: number;
  readonly pos: number;
  /** Undefined for a prefix. */
  readonly binary: BinaryInfo | undefined;
}

/** What is left and right of operators, with where it starts. */
interface Operand {
  readonly expr: Expr;
  readonly pos: number;
}

export abstract class OperatorRules extends OperandRules {
  protected readonly prefixedRule: Rule = this.RULE('prefixedRule', () => {
    this.MANY(() => this.OR([{ ALT: () => this.CONSUME(T.Not) }, { ALT: () => this.CONSUME(T.Minus) }]));
    this.SUBRULE(this.applicationRule);
  });

  protected readonly operationRule: Rule = this.RULE('operationRule', () => {
    this.SUBRULE1(this.prefixedRule);
    this.MANY(() =>
      this.OR1([
        {
          ALT: () => {
            this.CONSUME(T.Question);
            this.SUBRULE(this.attrPathRule);
          },
        },
        {
          ALT: () => {
            this.OR2(binaryTokens.map((type) => ({ ALT: () => this.CONSUME(type) })));
            this.SUBRULE2(this.prefixedRule);
          },
        },
      ]),
    );
  });

  protected operation(): Expr {
    if (this.type !== T.Not && this.type !== T.Minus) {
      const pos = this.token.startOffset;
      const expr = this.application();
      if (binaryOperators[this.token.tokenTypeIdx] === undefined && this.type !== T.Question) return expr;
      return this.#operations({ expr, pos });
    }
    return this.#operations(undefined);
  }

  /** Everything from the first operand, or the first prefix, to what is no operator any more. */
  #operations(first: Operand | undefined): Expr {
    const operands: Operand[] = [];
    const waiting: Waiting[] = [];
    operands.push(first ?? this.#prefixed(waiting));
    for (;;) {
      const binary = binaryOperators[this.token.tokenTypeIdx];
      if (binary !== undefined) {
        this.#settle(operands, waiting, binary.level, binary.side);
        waiting.push({ level: binary.level, pos: this.take().startOffset, binary });
        operands.push(this.#prefixed(waiting));
      } else if (this.type === T.Question) {
        this.#settle(operands, waiting, hasAttrLevel, 'left');
        this.#hasAttr(operands);
      } else {
        this.#settle(operands, waiting, -1, 'left');
        return operands[0]!.expr;
      }
    }
  }

  #prefixed(waiting: Waiting[]): Operand {
    while (this.type === T.Not || this.type === T.Minus) {
      const level = this.type === T.Not ? notLevel : negateLevel;
      waiting.push({ level, pos: this.take().startOffset, binary: undefined });
    }
    const pos = this.token.startOffset;
    return { expr: this.application(), pos };
  }

  #hasAttr(operands: Operand[]): void {
    const { startOffset: pos } = this.take();
    const path = this.attrPath();
    const left = operands.pop()!;
    operands.push({ expr: { kind: 'has-attr', pos, subject: left.expr, path }, pos: left.pos });
  }

  /** Gives the waiting operators their right sides, down to those that bind weaker than the next. */
  #settle(operands: Operand[], waiting: Waiting[], level: number, side: BinaryInfo['side']): void {
    for (;;) {
      const last = waiting.at(-1);
      if (last === undefined || last.level < level || (last.level === level && side === 'right')) return;
      if (last.level === level && side === 'none') this.unexpected();
      waiting.pop();
      const right = operands.pop()!;
      operands.push(
        last.binary === undefined ? negated(last, right) : joined(last, last.binary, operands.pop()!, right),
      );
    }
  }

  protected readonly pipesRule: Rule = this.RULE('pipesRule', () => {
    this.SUBRULE1(this.operationRule);
    this.OPTION(() =>
      this.OR([
        {
          ALT: () =>
            this.AT_LEAST_ONE1(() => {
              this.CONSUME(T.PipeInto);
              this.SUBRULE2(this.operationRule);
            }),
        },
        {
          ALT: () =>
            this.AT_LEAST_ONE2(() => {
              this.CONSUME(T.PipeFrom);
              this.SUBRULE3(this.operationRule);
            }),
        },
      ]),
    );
  });

  protected pipes(): Expr {
    const first = this.operation();
    if (this.type === T.PipeInto) return this.#pipeInto(first);
    if (this.type === T.PipeFrom) return this.#pipeFrom(first);
    return first;
  }

  /** `a |> f |> g` is `g (f a)`. */
  #pipeInto(first: Expr): Expr {
    let expr = first;
    while (this.type === T.PipeInto) {
      const { startOffset } = this.#pipe();
      expr = applyTo(startOffset, this.operation(), [expr]);
    }
    return expr;
  }

  /** `g <| f <| a` is `g (f a)`. */
  #pipeFrom(first: Expr): Expr {
    const exprs = [first];
    const places: number[] = [];
    while (this.type === T.PipeFrom) {
      places.push(this.#pipe().startOffset);
      exprs.push(this.operation());
    }
    let expr = exprs.pop()!;
    while (exprs.length > 0) expr = applyTo(places.pop()!, exprs.pop()!, [expr]);
    return expr;
  }

  #pipe(): IToken {
    this.checkReadable();
    return this.take();
  }
}

function negated({ level, pos }: Waiting, { expr }: Operand): Operand {
  return { expr: { kind: 'unary', pos, op: level === notLevel ? '!' : '-', operand: expr }, pos };
}

function joined({ pos }: Waiting, { op }: BinaryInfo, left: Operand, right: Operand): Operand {
  const places = { leftPos: left.pos, rightPos: right.pos };
  return { expr: { kind: 'binary', pos, op, left: left.expr, right: right.expr, ...places }, pos: left.pos };
}
