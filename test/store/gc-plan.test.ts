import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StorePath } from '../../src/formats/index.ts';
import { defaultPolicy, type GcGraph, planGc, whyAlive } from '../../src/store/local/gc-plan.ts';

const pathOf = (id: number): StorePath => `/nix/store/${String(id).padStart(32, '0')}-p` as StorePath;

/** References lead from larger numbers to smaller ones, as they do in a store. */
const graphs = fc.integer({ min: 1, max: 30 }).chain((count) => {
  const pair = fc.tuple(fc.nat(count - 1), fc.nat(count - 1));
  return fc.record({
    count: fc.constant(count),
    edges: fc.array(pair, { maxLength: 60 }),
    derivers: fc.array(fc.option(fc.nat(count - 1), { nil: undefined }), { minLength: count, maxLength: count }),
    outputs: fc.array(pair, { maxLength: 10 }),
    roots: fc.array(fc.nat(count + 2), { maxLength: 4 }),
    policy: fc.record({ keepDerivations: fc.boolean(), keepOutputs: fc.boolean() }),
  });
});

type Drawn = typeof graphs extends fc.Arbitrary<infer T> ? T : never;

function graphOf(drawn: Drawn): GcGraph {
  return {
    nodes: drawn.derivers.map((deriver, id) => ({
      id,
      path: pathOf(id),
      size: id,
      deriver: deriver === undefined ? undefined : pathOf(deriver),
    })),
    edges: drawn.edges.map(([a, b]) => [Math.max(a, b), Math.min(a, b)] as const),
    outputs: drawn.outputs.map(([drv, out]) => [drv, pathOf(out)] as const),
  };
}

/** What lives, by following every hold from every living path until nothing is new. */
function aliveBySaturation(graph: GcGraph, drawn: Drawn): Set<StorePath> {
  const alive = new Set(drawn.roots.filter((id) => id < drawn.count).map(pathOf));
  const holds: [StorePath, StorePath][] = graph.edges.map(([a, b]) => [pathOf(a), pathOf(b)]);
  if (drawn.policy.keepDerivations) {
    for (const node of graph.nodes) if (node.deriver !== undefined) holds.push([node.path, node.deriver]);
  }
  if (drawn.policy.keepOutputs) for (const [drv, out] of graph.outputs) holds.push([pathOf(drv), out]);
  for (let before = -1; before !== alive.size; ) {
    before = alive.size;
    for (const [from, to] of holds) if (alive.has(from)) alive.add(to);
  }
  return alive;
}

describe('a plan', () => {
  test('spares exactly what roots lead to, and deletes referrers first', () => {
    fc.assert(
      fc.property(graphs, (drawn) => {
        const graph = graphOf(drawn);
        const plan = planGc(graph, drawn.roots.map(pathOf), drawn.policy);
        const alive = aliveBySaturation(graph, drawn);
        const dead = plan.dead.map((node) => node.path);
        expect(new Set(dead)).toEqual(new Set(graph.nodes.map((node) => node.path).filter((path) => !alive.has(path))));
        expect(plan.alive).toBe(alive.size);
        expect(plan.deadSize).toBe(plan.dead.reduce((sum, node) => sum + node.size, 0));
        const position = new Map(plan.dead.map((node, index) => [node.id, index]));
        for (const [referrer, reference] of graph.edges) {
          if (referrer !== reference && position.has(reference)) {
            expect(position.get(referrer)).toBeLessThan(position.get(reference)!);
          }
        }
      }),
    );
  });

  test('has a chain of holds for everything that it spares', () => {
    fc.assert(
      fc.property(graphs, (drawn) => {
        const graph = graphOf(drawn);
        const alive = aliveBySaturation(graph, drawn);
        const roots = drawn.roots.map(pathOf);
        for (const node of graph.nodes) {
          const chain = whyAlive(graph, roots, drawn.policy, node.path);
          expect(chain !== undefined).toBe(alive.has(node.path));
          if (chain === undefined) continue;
          expect(roots).toContain(chain[0]!.path);
          expect(chain.at(-1)).toEqual({ path: node.path, holds: undefined });
        }
      }),
    );
  });

  test('says how one path holds another', () => {
    const node = (id: number, deriver?: number) => ({
      id,
      path: pathOf(id),
      size: 1,
      deriver: deriver === undefined ? undefined : pathOf(deriver),
    });
    const graph: GcGraph = { nodes: [node(0), node(1), node(2, 1)], edges: [[1, 0]], outputs: [] };
    expect(whyAlive(graph, [pathOf(2)], defaultPolicy, pathOf(0))).toEqual([
      { path: pathOf(2), holds: 'deriver' },
      { path: pathOf(1), holds: 'reference' },
      { path: pathOf(0), holds: undefined },
    ]);
    expect(whyAlive(graph, [pathOf(2)], { keepDerivations: false, keepOutputs: false }, pathOf(0))).toBeUndefined();
  });

  test('of 100,000 paths in one chain is made at once', () => {
    const count = 100_000;
    const nodes = Array.from({ length: count }, (_, id) => ({ id, path: pathOf(id), size: 1, deriver: undefined }));
    const edges = nodes.slice(1).map(({ id }) => [id, id - 1] as const);
    const plan = planGc({ nodes, edges, outputs: [] }, [pathOf(count / 2)], defaultPolicy);
    expect(plan.dead).toHaveLength(count / 2 - 1);
    expect(plan.dead[0]!.id).toBe(count - 1);
  });
});
