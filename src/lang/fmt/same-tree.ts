/** Whether two syntax trees are the same, wherever their parts stand in the text. */
import type { Expr } from '../syntax/ast.ts';

const places: ReadonlySet<string> = new Set(['pos', 'at', 'leftPos', 'rightPos']);

export function isSameTree(a: Expr, b: Expr): boolean {
  const todo: [unknown, unknown][] = [[a, b]];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const parts = difference(next[0], next[1]);
    if (parts === undefined) return false;
    todo.push(...parts);
  }
  return true;
}

/** Pairs that must be the same for these to be; undefined where they differ themselves. */
function difference(a: unknown, b: unknown): [unknown, unknown][] | undefined {
  if (Object.is(a, b)) return [];
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return undefined;
  const [left, right] = [entriesOf(a), entriesOf(b)];
  if (left.length !== right.length || left.some(([name], i) => name !== right[i]![0])) return undefined;
  return left.map(([, value], i) => [value, right[i]![1]]);
}

function entriesOf(value: object): (readonly [unknown, unknown])[] {
  if (value instanceof Map) return [...value];
  return Object.entries(value).filter(([name]) => !places.has(name));
}
