/** How often a program does what costs something, under the names that users of the language know. */

import type { Shape } from '../runtime/shape.ts';
import { Attrs, type Code, type Forced, Thunk, type Value } from '../runtime/value.ts';

/** What is real here of the statistics of Nix, and under the same names. */
export interface Counts {
  nrThunks: number;
  nrFunctionCalls: number;
  nrPrimOpCalls: number;
  nrLookups: number;
  nrOpUpdates: number;
  nrOpUpdateValuesCopied: number;
  readonly sets: { number: number; elements: number };
  readonly list: { concats: number };
}

export const noCounts = (): Counts => ({
  nrThunks: 0,
  nrFunctionCalls: 0,
  nrPrimOpCalls: 0,
  nrLookups: 0,
  nrOpUpdates: 0,
  nrOpUpdateValuesCopied: 0,
  sets: { number: 0, elements: 0 },
  list: { concats: 0 },
});

type Helper = (...args: never[]) => unknown;

/** The helpers of generated code that stand for what is counted, counting it. */
export function countingHelpers(helpers: Readonly<Record<string, unknown>>, counts: Counts): Record<string, unknown> {
  const counted: Record<string, unknown> = { ...helpers, T: countedThunks(counts), A: countedSets(counts) };
  for (const name of ['S', 'G', 'H', 'W', 'WN']) {
    counted[name] = before(helpers[name] as Helper, () => void counts.nrLookups++);
  }
  counted['K'] = before(helpers['K'] as Helper, () => void counts.list.concats++);
  const update = helpers['U'] as (right: Attrs, left: Forced) => Attrs;
  counted['U'] = (right: Attrs, left: Forced): Attrs => {
    const result = update(right, left);
    counts.nrOpUpdates++;
    if (result !== right && result !== left) counts.nrOpUpdateValuesCopied += result.values.length;
    return result;
  };
  return counted;
}

function before(helper: Helper, note: () => void): Helper {
  return (...args) => {
    note();
    return helper(...args);
  };
}

function countedThunks(counts: Counts): typeof Thunk {
  return class extends Thunk {
    constructor(f: Code, v?: unknown, w?: unknown) {
      super(f, v, w);
      counts.nrThunks++;
    }
  };
}

function countedSets(counts: Counts): typeof Attrs {
  return class extends Attrs {
    constructor(shape: Shape, values: readonly Value[]) {
      super(shape, values);
      counts.sets.number++;
      counts.sets.elements += values.length;
    }
  };
}
