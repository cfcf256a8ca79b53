/** What keeps a local store in order: roots, garbage collection, sharing of equal files. */

import type { StorePath } from '../formats/index.ts';
import { notValid, translatingErrors, translatingErrorsAsync } from './errors.ts';
import {
  collectGarbage as collect,
  dryRun,
  type GcOptions,
  type GcResult,
  type Preview,
  policyOf,
} from './local/gc.ts';
import { readGraph } from './local/gc-graph.ts';
import { type ChainLink, whyAlive as findChain } from './local/gc-plan.ts';
import type { LocalStore } from './local/local-store.ts';
import { type OptimiseResult, optimise } from './local/optimise.ts';
import { ownFolders } from './local/parts.ts';
import { findRoots, type RootReason } from './local/roots.ts';

/** The roots that are valid paths, each with all that makes it one. Looking into processes takes some time. */
export function rootsOf(store: LocalStore, processes = true): Map<StorePath, readonly RootReason[]> {
  return inStore(store, () => {
    const { reasons } = findRoots(store.parts.layout, { processes });
    return new Map([...reasons].filter(([path]) => store.isValid(path)));
  });
}

/** What `collectGarbage` would delete now; changes nothing. */
export function planCollection(store: LocalStore, options: GcOptions = {}): Preview {
  return inStore(store, () => dryRun(store.parts, options));
}

/** Deletes what no root leads to. Other processes may add and build meanwhile. */
export function collectGarbage(store: LocalStore, options: GcOptions = {}): Promise<GcResult> {
  store.requireWritable();
  store.flush();
  return translatingErrorsAsync(ownFolders(store.parts.layout), () => collect(store.parts, options));
}

/** A chain of paths that keeps `path` alive. */
export interface AliveBecause {
  /** Why the first path of the chain is a root. */
  readonly roots: readonly RootReason[];
  readonly chain: readonly ChainLink[];
}

/** The shortest chain from a root to `path`, or undefined when the next collection will delete it. */
export function whyAlive(store: LocalStore, path: StorePath, options: GcOptions = {}): AliveBecause | undefined {
  if (!store.isValid(path)) throw notValid(path);
  return inStore(store, () => {
    const { reasons } = findRoots(store.parts.layout, { processes: true });
    const chain = findChain(readGraph(store.parts.queries), reasons.keys(), policyOf(options), path);
    return chain === undefined ? undefined : { roots: reasons.get(chain[0]!.path)!, chain };
  });
}

/** Replaces equal files by hard links to one. */
export function optimiseStore(store: LocalStore): Promise<OptimiseResult> {
  store.requireWritable();
  store.flush();
  return translatingErrorsAsync(ownFolders(store.parts.layout), () => optimise(store.parts));
}

function inStore<T>(store: LocalStore, work: () => T): T {
  store.flush();
  return translatingErrors(ownFolders(store.parts.layout), work);
}
