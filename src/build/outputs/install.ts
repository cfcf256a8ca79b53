/**
 * Moves finished outputs into the store and has them registered, in the order that keeps a crash harmless: the paths
 * are locked and rooted, the trees renamed into place, synced, and registered with their realisation records in one
 * transaction. What a crash leaves in place without a record is removed by whoever makes that path next.
 */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { faultPoint } from '../../base/fault.ts';
import { baseNameOf, type SecretKey, type StorePath } from '../../formats/index.ts';
import {
  type LocalStore,
  type PathInfo,
  type PathLocks,
  type Realisation,
  removeTree,
  withSignatures,
} from '../../store/index.ts';
import type { Registry } from './registry.ts';
import type { TakenOutput } from './take.ts';

export interface InstallRequest {
  readonly outputs: readonly TakenOutput[];
  readonly realisations: readonly Realisation[];
  /** Paths whose locks the caller holds, and those: from now on they are the registry's, unless this throws. */
  readonly locked: ReadonlySet<StorePath>;
  readonly locks: PathLocks;
  /** Keys that sign the outputs. */
  readonly signWith: readonly SecretKey[];
  readonly signal: AbortSignal;
}

/** Resolves when the outputs are in place; the registry registers them. */
export async function installOutputs(store: LocalStore, registry: Registry, request: InstallRequest): Promise<void> {
  const paths = request.outputs.map((output) => output.info.path);
  // What another derivation of this run has made meanwhile is locked by us already.
  const unlocked = paths.filter((path) => !request.locked.has(path) && registry.isRegistered(path));
  const locks = await store.lockOutputs(unlocked, request.signal);
  try {
    store.addTempRoots(paths);
    const fresh: PathInfo[] = [];
    for (const { info, place } of request.outputs) {
      // Another derivation may have made the same content: then ours is not needed.
      if (registry.isValid(info.path)) continue;
      moveInto(place, join(store.realStoreDir, baseNameOf(info.path)));
      faultPoint('build/output-moved');
      fresh.push({ ...info, signatures: withSignatures(info, request.signWith) });
    }
    registry.add({ infos: fresh, realisations: request.realisations, locks: [locks, request.locks] });
  } catch (error) {
    locks.release();
    throw error;
  }
}

/** Renames a tree, over whatever stands at the target; one that is there already stays. */
export function moveInto(place: string, target: string): void {
  if (place === target) return;
  removeTree(target);
  const state = fs.lstatSync(place);
  // A directory that moves changes its entry '..', for which an ordinary user must be able to write it.
  if (state.isDirectory()) fs.chmodSync(place, 0o755);
  fs.renameSync(place, target);
  if (!state.isDirectory()) return;
  fs.chmodSync(target, 0o555);
  fs.utimesSync(target, 1, 1);
}
