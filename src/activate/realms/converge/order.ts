/** The order in which resources are seen to: each after those that it names, ties by name; the same on every machine. Pure. */
import { CycleError, topologicalOrder } from '../../../base/graph.ts';
import { didYouMean } from '../../../base/text.ts';
import { ActivateError } from '../../errors.ts';
import type { ConvergeEntry } from '../../manifest.ts';

/** Names that end so are units, not resources. */
const unitName = /\.(service|socket|target|timer|mount|automount|path|swap|slice)$/;

export const isUnit = (trigger: string): boolean => unitName.test(trigger);

/**
 * The resources in order.
 * @throws ActivateError `activate/converge` for names that are not declared and for cycles
 */
export function orderResources(entries: readonly ConvergeEntry[]): ConvergeEntry[] {
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  for (const entry of entries) {
    for (const name of entry.after) if (!byName.has(name)) throw unknown(entry, 'after', name, byName);
    for (const name of entry.triggers) {
      if (!isUnit(name) && !byName.has(name)) throw unknown(entry, 'triggers', name, byName);
    }
  }
  refuseCycles(entries, byName);
  const waiting = new Map(entries.map(({ name, after }) => [name, new Set(after)]));
  const ready = new Set(entries.filter(({ after }) => after.length === 0).map(({ name }) => name));
  const order: ConvergeEntry[] = [];
  while (ready.size > 0) {
    const name = [...ready].reduce((first, other) => (other < first ? other : first));
    ready.delete(name);
    waiting.delete(name);
    order.push(byName.get(name)!);
    for (const [other, needs] of waiting) if (needs.delete(name) && needs.size === 0) ready.add(other);
  }
  return order;
}

function refuseCycles(entries: readonly ConvergeEntry[], byName: ReadonlyMap<string, ConvergeEntry>): void {
  try {
    topologicalOrder(
      entries.map(({ name }) => name),
      (name) => byName.get(name)!.after,
    );
  } catch (error) {
    if (!(error instanceof CycleError)) throw error;
    const cycle = [...error.cycle, error.cycle[0]].join(' after ');
    throw new ActivateError('activate/converge', `no order is possible: ${cycle}`, { details: { cycle: error.cycle } });
  }
}

function unknown(
  entry: ConvergeEntry,
  field: 'after' | 'triggers',
  name: string,
  byName: ReadonlyMap<string, ConvergeEntry>,
): ActivateError {
  const near = didYouMean(name, byName.keys());
  const { option, definedIn } = entry.declared;
  return new ActivateError(
    'activate/converge',
    `${option}.${field} in ${definedIn} names '${name}', which is not declared`,
    {
      details: { resource: entry.name, [field]: name },
      hint: near.length === 0 ? undefined : `Did you mean ${near.join(' or ')}?`,
    },
  );
}
