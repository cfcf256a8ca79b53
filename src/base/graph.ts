/** Orders and closures over any graph of named nodes. Iterative: a chain of 100,000 nodes is fine. */

export class CycleError<T> extends Error {
  /** The nodes of the cycle in order; the first follows the last. */
  readonly cycle: readonly T[];
  constructor(cycle: readonly T[]) {
    super(`cycle: ${cycle.map(String).join(' -> ')}`);
    this.cycle = cycle;
  }
}

/** Every node reachable from `roots` (themselves included), in the order of discovery. */
export function reachable<T>(roots: Iterable<T>, next: (node: T) => Iterable<T>): Set<T> {
  const seen = new Set<T>(roots);
  for (const node of seen) for (const other of next(node)) seen.add(other);
  return seen;
}

/** Nodes reachable from `roots`, each after everything that it leads to. Throws `CycleError`. */
export function topologicalOrder<T>(roots: Iterable<T>, next: (node: T) => Iterable<T>): T[] {
  const order: T[] = [];
  const state = new Map<T, 'open' | 'done'>();
  for (const root of roots) {
    const stack: { node: T; rest: Iterator<T> }[] = [];
    const open = (node: T): void => {
      state.set(node, 'open');
      stack.push({ node, rest: next(node)[Symbol.iterator]() });
    };
    if (!state.has(root)) open(root);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const step = top.rest.next();
      if (step.done) {
        state.set(top.node, 'done');
        order.push(top.node);
        stack.pop();
      } else if (state.get(step.value) === 'open') {
        const path = stack.map((frame) => frame.node);
        throw new CycleError(path.slice(path.indexOf(step.value)));
      } else if (!state.has(step.value)) open(step.value);
    }
  }
  return order;
}
