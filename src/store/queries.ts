/** Questions about paths of a store that need only what every store can tell. */
import type { StorePath } from '../formats/index.ts';
import { notValid } from './errors.ts';
import type { PathInfo, Store } from './store.ts';

/** A path and what it refers to; a path that was shown before has no more branches. */
export interface ReferenceTree {
  readonly path: StorePath;
  readonly references: readonly ReferenceTree[];
  /** True where the branches are left out because they stand elsewhere in the tree. */
  readonly repeated: boolean;
}

/** The tree of references below a path, each path unfolded once, where it is met first. */
export function referenceTree(store: Store, root: StorePath): ReferenceTree {
  interface Growing extends ReferenceTree {
    readonly references: Growing[];
  }
  const seen = new Set<StorePath>();
  const grow = (path: StorePath): Growing => {
    const repeated = seen.has(path);
    seen.add(path);
    return { path, references: [], repeated };
  };
  const tree = grow(root);
  // Depth first, with a stack of its own: chains of references are long.
  const todo: { node: Growing; rest: StorePath[] }[] = [{ node: tree, rest: referencesOf(store, root) }];
  for (let top = todo.at(-1); top !== undefined; top = todo.at(-1)) {
    const path = top.rest.shift();
    if (path === undefined) {
      todo.pop();
      continue;
    }
    const node = grow(path);
    top.node.references.push(node);
    if (!node.repeated) todo.push({ node, rest: referencesOf(store, path) });
  }
  return tree;
}

export interface Sizes {
  /** Bytes of the path's own archive. */
  readonly size: number;
  /** Bytes of the archives of all that it needs, itself included. */
  readonly closureSize: number;
}

export function sizesOf(store: Store, path: StorePath): Sizes {
  const size = requireInfo(store, path).narSize;
  let closureSize = 0;
  for (const needed of store.closure([path])) closureSize += requireInfo(store, needed).narSize;
  return { size, closureSize };
}

/** For each path, bytes of the archives of all that it needs. The graph is walked in memory. */
export function closureSizes(store: Store, paths: readonly StorePath[]): Map<StorePath, number> {
  const infos = new Map(store.closure(paths).map((path) => [path, requireInfo(store, path)]));
  return new Map(paths.map((path) => [path, closureSize(infos, path)]));
}

function closureSize(infos: ReadonlyMap<StorePath, PathInfo>, root: StorePath): number {
  const seen = new Set([root]);
  let size = 0;
  // What is added while a set is walked is walked too.
  for (const path of seen) {
    const info = infos.get(path)!;
    size += info.narSize;
    for (const reference of info.references) seen.add(reference);
  }
  return size;
}

function referencesOf(store: Store, path: StorePath): StorePath[] {
  return requireInfo(store, path).references.filter((other) => other !== path);
}

function requireInfo(store: Store, path: StorePath) {
  const info = store.pathInfo(path);
  if (info === undefined) throw notValid(path);
  return info;
}
