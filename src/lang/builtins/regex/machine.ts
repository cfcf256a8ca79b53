/**
 * The backtracking machine for expressions that a JavaScript RegExp would match otherwise: where alternatives can
 * end at different places (the longest match is wanted), where a group keeps what it captured in an earlier round
 * of a loop, and where a loop's body can be empty.
 *
 * States are numbers into parallel arrays; state 0 is where a match starts.
 */
import { assertNever } from '../../../base/assert.ts';
import type { CharSet } from './charset.ts';
import type { Expression, Node, RepeatNode } from './syntax.ts';

export const Op = { Set: 0, Begin: 1, End: 2, Open: 3, Close: 4, Repeat: 5, Either: 6, Join: 7, Accept: 8 } as const;

export interface Machine {
  readonly op: readonly number[];
  /** Where a state goes on; for `Repeat` how the loop is left, for `Either` the right alternative. */
  readonly next: readonly number[];
  /** For `Repeat` the loop's body, for `Either` the left alternative, for `Open` and `Close` the group. */
  readonly other: readonly number[];
  readonly sets: readonly (CharSet | undefined)[];
  readonly start: number;
  readonly groups: number;
  /** Some loop's body may match nothing: then how a state was reached matters. */
  readonly emptyLoops: boolean;
}

export function buildMachine(expression: Expression): Machine {
  return new Builder(expression).build();
}

/** Built from the end: each node is given the state that follows it and returns its own first state. */
class Builder {
  readonly #op: number[] = [];
  readonly #next: number[] = [];
  readonly #other: number[] = [];
  readonly #sets: (CharSet | undefined)[] = [];
  readonly #expression: Expression;

  constructor(expression: Expression) {
    this.#expression = expression;
  }

  build(): Machine {
    const start = this.#node(this.#expression.root, this.#state(Op.Accept, -1));
    return {
      op: this.#op,
      next: this.#next,
      other: this.#other,
      sets: this.#sets,
      start,
      groups: this.#expression.groups,
      emptyLoops: hasEmptyLoop(this.#expression.root),
    };
  }

  #state(op: number, next: number, other = -1, set?: CharSet): number {
    this.#next.push(next);
    this.#other.push(other);
    this.#sets.push(set);
    return this.#op.push(op) - 1;
  }

  #node(node: Node, next: number): number {
    switch (node.kind) {
      case 'set':
        return this.#state(Op.Set, next, -1, node.set);
      case 'begin':
        return this.#state(Op.Begin, next);
      case 'end':
        return this.#state(Op.End, next);
      case 'group': {
        const body = this.#node(node.body, this.#state(Op.Close, next, node.index));
        return this.#state(Op.Open, body, node.index);
      }
      case 'sequence':
        return node.items.reduceRight((after, item) => this.#node(item, after), next);
      case 'alternation':
        return this.#alternation(node.branches, next);
      case 'repeat':
        return this.#repeat(node, next);
      default:
        return assertNever(node);
    }
  }

  /** Of three branches, the first two are tried as one: `((a|b)|c)`. */
  #alternation(branches: readonly Node[], next: number): number {
    return branches
      .map((branch) => this.#node(branch, next))
      .reduce((left, right) => this.#state(Op.Either, right, left));
  }

  #repeat(node: RepeatNode, next: number): number {
    let entry = node.max === Number.POSITIVE_INFINITY ? this.#loop(node, next) : this.#options(node, next);
    // `x+` loops through its only copy; `x{1,}` has a copy before the loop.
    const copies = node.sign === '+' ? 0 : node.min;
    for (let i = 0; i < copies; i++) entry = this.#node(node.body, entry);
    return entry;
  }

  #loop(node: RepeatNode, next: number): number {
    const repeat = this.#state(Op.Repeat, next);
    const body = this.#node(node.body, repeat);
    this.#other[repeat] = body;
    return node.sign === '+' ? body : repeat;
  }

  /** `x{0,3}` is `(x(x(x)?)?)?`. */
  #options(node: RepeatNode, next: number): number {
    let entry = next;
    for (let i = node.min; i < node.max; i++) entry = this.#state(Op.Repeat, next, this.#node(node.body, entry));
    return entry;
  }
}

/** Whether a node can match without taking a byte. */
export function isNullable(node: Node): boolean {
  switch (node.kind) {
    case 'set':
      return false;
    case 'begin':
    case 'end':
      return true;
    case 'group':
      return isNullable(node.body);
    case 'sequence':
      return node.items.every(isNullable);
    case 'alternation':
      return node.branches.some(isNullable);
    case 'repeat':
      return node.min === 0 || isNullable(node.body);
    default:
      return assertNever(node);
  }
}

/** Whether some repetition may go one more round, and that round may match nothing. */
export function hasEmptyLoop(node: Node): boolean {
  switch (node.kind) {
    case 'group':
      return hasEmptyLoop(node.body);
    case 'sequence':
      return node.items.some(hasEmptyLoop);
    case 'alternation':
      return node.branches.some(hasEmptyLoop);
    case 'repeat':
      return (node.max > node.min && isNullable(node.body)) || hasEmptyLoop(node.body);
    default:
      return false;
  }
}
