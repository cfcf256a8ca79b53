/** The graph of all valid paths, read from the database at once. */
import type { StorePath } from '../../formats/index.ts';
import type { GcGraph } from './gc-plan.ts';
import type { Queries } from './queries.ts';

export function readGraph(queries: Queries): GcGraph {
  const nodes = queries.allNodes().map(([id, path, deriver, size]) => ({
    id,
    path,
    deriver: deriver === null || deriver === '' ? undefined : deriver,
    size: size ?? 0,
  }));
  const paths = new Map(nodes.map((node) => [node.id, node.path]));
  const ids = new Map(nodes.map((node) => [node.path, node.id]));
  const built = queries.allRealisations().flatMap(([drvPath, out]): [number, StorePath][] => {
    const drv = ids.get(drvPath);
    const path = paths.get(out);
    return drv === undefined || path === undefined ? [] : [[drv, path]];
  });
  return { nodes, edges: queries.allEdges(), outputs: [...queries.allDerivationOutputs(), ...built] };
}
