/** What has to be fetched so that some paths become valid, and which of them cannot. Pure. */
import { topologicalOrder } from '../../base/graph.ts';
import type { StorePath } from '../../formats/index.ts';

/** What is known of a path that is wanted, or that such a one refers to. */
export type Availability<Offer> =
  | { readonly kind: 'valid' }
  | { readonly kind: 'offered'; readonly offer: Offer; readonly references: readonly StorePath[] }
  | { readonly kind: 'absent' };

export interface FetchPlan<Offer> {
  /** Everything to fetch, each after what it refers to. */
  readonly offers: readonly Offer[];
  /** The wanted paths that will be valid, now or when the offers are fetched. */
  readonly available: ReadonlySet<StorePath>;
  /** The others, each with a path that is missing: itself, or one that it leads to. */
  readonly unavailable: ReadonlyMap<StorePath, StorePath>;
}

/** @param known says something of each wanted path, and of all that the offers refer to. Throws `CycleError`. */
export function planFetch<Offer>(
  wanted: Iterable<StorePath>,
  known: ReadonlyMap<StorePath, Availability<Offer>>,
): FetchPlan<Offer> {
  const roots = new Set(wanted);
  const next = (path: StorePath): readonly StorePath[] => {
    const state = known.get(path)!;
    return state.kind === 'offered' ? state.references.filter((other) => other !== path) : [];
  };
  const missing = new Map<StorePath, StorePath>();
  const order = topologicalOrder(roots, next);
  for (const path of order) {
    const lacking = known.get(path)!.kind === 'absent' ? path : next(path).find((other) => missing.has(other));
    if (lacking !== undefined) missing.set(path, missing.get(lacking) ?? lacking);
  }
  const available = new Set([...roots].filter((path) => !missing.has(path)));
  return { offers: offersFor(available, known, next), available, unavailable: entriesOf(roots, missing) };
}

function offersFor<Offer>(
  roots: Iterable<StorePath>,
  known: ReadonlyMap<StorePath, Availability<Offer>>,
  next: (path: StorePath) => readonly StorePath[],
): Offer[] {
  return topologicalOrder(roots, next).flatMap((path) => {
    const state = known.get(path)!;
    return state.kind === 'offered' ? [state.offer] : [];
  });
}

function entriesOf(
  roots: ReadonlySet<StorePath>,
  missing: ReadonlyMap<StorePath, StorePath>,
): Map<StorePath, StorePath> {
  return new Map([...missing].filter(([path]) => roots.has(path)));
}
