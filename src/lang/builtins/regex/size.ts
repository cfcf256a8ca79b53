/**
 * How many states an expression's machine has. More than 100,000 are refused, by the same count as in Nix: the
 * copies that an interval makes are counted, and so are the states that only join others.
 */
import { assertNever } from '../../../base/assert.ts';
import { RegexError } from './error.ts';
import type { Expression, Node, RepeatNode } from './syntax.ts';

const MAX_STATES = 100_000;

/** Throws `RegexError` when the machine is too large. */
export function checkSize(expression: Expression): void {
  // Two states around the whole, and the accepting one.
  if (measure(expression.root).made + 3 > MAX_STATES) throw new RegexError('size');
}

interface Size {
  /** States that a copy of the machine has. */
  readonly used: number;
  /** All states made on the way: an interval copies its operand and drops the original. */
  readonly made: number;
}

function measure(node: Node): Size {
  switch (node.kind) {
    case 'set':
    case 'begin':
    case 'end':
      return { used: 1, made: 1 };
    case 'group':
      return plus(measure(node.body), 2);
    case 'sequence':
      return node.items.map(measure).reduce(sum, { used: 1, made: 1 });
    case 'alternation':
      return plus(node.branches.map(measure).reduce(sum), 2 * (node.branches.length - 1));
    case 'repeat':
      return measureRepeat(node);
    default:
      return assertNever(node);
  }
}

function measureRepeat(node: RepeatNode): Size {
  const body = measure(node.body);
  if (node.sign !== '{') return plus(body, node.sign === '?' ? 2 : 1);
  const rest = node.max === Number.POSITIVE_INFINITY ? body.used + 1 : 1 + (node.max - node.min) * (body.used + 1);
  const used = 1 + node.min * body.used + rest;
  return { used, made: body.made + used };
}

function plus(size: Size, count: number): Size {
  return { used: size.used + count, made: size.made + count };
}

function sum(a: Size, b: Size): Size {
  return { used: a.used + b.used, made: a.made + b.made };
}
