/** Closures over references, sorted. Pure: the graph is given as numbered nodes and edges. */
import { topologicalOrder } from '../base/graph.ts';
import type { StorePath } from '../formats/index.ts';

export interface PathGraph {
  /** `[id, path]`. */
  readonly nodes: readonly (readonly [number, StorePath])[];
  /** `[referrer, reference]`; those that lead out of the nodes are left aside. */
  readonly edges: readonly (readonly [number, number])[];
}

/** The paths of a graph, each after all that it refers to; among those that are free, in order of their names. */
export function referencesFirst(graph: PathGraph): StorePath[] {
  const nodes = [...graph.nodes].sort(([, a], [, b]) => (a < b ? -1 : 1));
  const paths = new Map(nodes);
  const references = referencesById(graph, paths);
  return topologicalOrder(paths.keys(), (id) => references.get(id) ?? []).map((id) => paths.get(id)!);
}

function referencesById(graph: PathGraph, known: ReadonlyMap<number, StorePath>): Map<number, number[]> {
  const references = new Map<number, number[]>();
  for (const [referrer, reference] of graph.edges) {
    if (referrer === reference || !known.has(reference)) continue;
    const list = references.get(referrer);
    if (list === undefined) references.set(referrer, [reference]);
    else list.push(reference);
  }
  return references;
}
