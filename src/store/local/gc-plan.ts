/**
 * What may be deleted from a store, and why the rest may not: a mark forward from the roots over the graph of all
 * valid paths. Pure, so that a dry run shows the plan that a collection carries out.
 */
import type { StorePath } from '../../formats/index.ts';
import { referencesFirst } from '../closure.ts';

export interface GcNode {
  readonly id: number;
  readonly path: StorePath;
  readonly deriver: StorePath | undefined;
  /** Bytes of its archive. */
  readonly size: number;
}

export interface GcGraph {
  readonly nodes: readonly GcNode[];
  /** `[referrer, reference]`. */
  readonly edges: readonly (readonly [number, number])[];
  /** `[derivation, path of an output]`, of outputs that are known without and by a build. */
  readonly outputs: readonly (readonly [number, StorePath])[];
}

export interface GcPolicy {
  /** The derivation that made a living path lives. */
  readonly keepDerivations: boolean;
  /** The outputs of a living derivation live. */
  readonly keepOutputs: boolean;
}

/** As Nix does when it is not told otherwise. */
export const defaultPolicy: GcPolicy = { keepDerivations: true, keepOutputs: false };

/** Why nothing keeps a path. */
export type DeadBecause =
  /** Nothing refers to it, and no root leads to it. */
  | { readonly kind: 'unneeded' }
  /** What needs it goes too: one of these paths. */
  | { readonly kind: 'needed-by-dead'; readonly path: StorePath }
  /** The generation that kept it goes: its link. */
  | { readonly kind: 'expired'; readonly link: string };

export interface GcPlan {
  /** Each before everything that it refers to: deleting from the front never leaves a dangling reference. */
  readonly dead: readonly GcNode[];
  /** The number of paths that stay. */
  readonly alive: number;
  /** Bytes of the archives of the dead. */
  readonly deadSize: number;
}

export function planGc(graph: GcGraph, roots: Iterable<StorePath>, policy: GcPolicy): GcPlan {
  const { parents } = markFrom(graph, roots, policy);
  const dead = new Map<StorePath, GcNode>();
  for (const node of graph.nodes) if (!parents.has(node.id)) dead.set(node.path, node);
  const nodes = [...dead.values()].map((node): [number, StorePath] => [node.id, node.path]);
  const order = referencesFirst({ nodes, edges: graph.edges }).reverse();
  let deadSize = 0;
  for (const node of dead.values()) deadSize += node.size;
  return { dead: order.map((path) => dead.get(path)!), alive: graph.nodes.length - dead.size, deadSize };
}

/** Why a path holds on to another. */
export type Hold = 'reference' | 'deriver' | 'output';

export interface ChainLink {
  readonly path: StorePath;
  /** How it keeps the next one alive; undefined for the last. */
  readonly holds: Hold | undefined;
}

/** The shortest chain from a root to `target`, or undefined when nothing keeps it alive. */
export function whyAlive(
  graph: GcGraph,
  roots: Iterable<StorePath>,
  policy: GcPolicy,
  target: StorePath,
): ChainLink[] | undefined {
  const { parents, byPath } = markFrom(graph, roots, policy);
  const paths = new Map(graph.nodes.map((node) => [node.id, node.path]));
  const id = byPath.get(target)?.id;
  if (id === undefined || !parents.has(id)) return undefined;
  const chain: ChainLink[] = [{ path: target, holds: undefined }];
  for (let step = parents.get(id); step !== undefined; step = parents.get(step.id)) {
    chain.unshift({ path: paths.get(step.id)!, holds: step.hold });
  }
  return chain;
}

interface Marks {
  /** For each living path, who reached it first; undefined for roots. */
  readonly parents: ReadonlyMap<number, { id: number; hold: Hold } | undefined>;
  readonly byPath: ReadonlyMap<StorePath, GcNode>;
}

/** Breadth first, so that chains are short. */
function markFrom(graph: GcGraph, roots: Iterable<StorePath>, policy: GcPolicy): Marks {
  const byPath = new Map(graph.nodes.map((node) => [node.path, node]));
  const next = holdsOf(graph, byPath, policy);
  const parents = new Map<number, { id: number; hold: Hold } | undefined>();
  for (const root of roots) {
    const node = byPath.get(root);
    if (node !== undefined) parents.set(node.id, undefined);
  }
  // A map is walked in the order of insertion, and what is inserted meanwhile is walked too.
  for (const id of parents.keys()) {
    for (const [other, hold] of next.get(id) ?? []) if (!parents.has(other)) parents.set(other, { id, hold });
  }
  return { parents, byPath };
}

function holdsOf(
  graph: GcGraph,
  byPath: ReadonlyMap<StorePath, GcNode>,
  policy: GcPolicy,
): Map<number, [id: number, hold: Hold][]> {
  const holds = new Map<number, [number, Hold][]>();
  const add = (from: number, to: number, hold: Hold): void => {
    const list = holds.get(from);
    if (list === undefined) holds.set(from, [[to, hold]]);
    else list.push([to, hold]);
  };
  for (const [referrer, reference] of graph.edges) add(referrer, reference, 'reference');
  for (const node of policy.keepDerivations ? graph.nodes : []) {
    const deriver = node.deriver === undefined ? undefined : byPath.get(node.deriver);
    if (deriver !== undefined) add(node.id, deriver.id, 'deriver');
  }
  for (const [drv, path] of policy.keepOutputs ? graph.outputs : []) {
    const output = byPath.get(path);
    if (output !== undefined) add(drv, output.id, 'output');
  }
  return holds;
}

/**
 * Why each of the dead is dead, in their order.
 * @param expired links that were roots and go, by the path that they led to
 */
export function whyDead(graph: GcGraph, plan: GcPlan, expired: ReadonlyMap<StorePath, string>): DeadBecause[] {
  const byId = new Map(plan.dead.map((node) => [node.id, node.path]));
  const neededBy = new Map<number, StorePath>();
  for (const [referrer, reference] of graph.edges) {
    const path = byId.get(referrer);
    if (path !== undefined && referrer !== reference && !neededBy.has(reference)) neededBy.set(reference, path);
  }
  return plan.dead.map(({ id, path }) => {
    const link = expired.get(path);
    if (link !== undefined) return { kind: 'expired', link };
    const referrer = neededBy.get(id);
    return referrer === undefined ? { kind: 'unneeded' } : { kind: 'needed-by-dead', path: referrer };
  });
}
