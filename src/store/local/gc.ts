/**
 * Collects garbage. Paths are made invalid first, then moved aside, then removed; so whatever ends the process, no
 * valid path lacks a byte, and the next collection finds the rest as strays.
 *
 * `gc.lock` is held for one batch at a time, and not while files are removed. Between batches others may add paths
 * and roots: each batch looks at the roots again, and the database refuses to delete what is referred to.
 */
import * as fs from 'node:fs';
import { basename, join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { invariant } from '../../base/assert.ts';
import { Activity } from '../../base/events.ts';
import { faultPoint } from '../../base/fault.ts';
import { lock } from '../../base/file-lock.ts';
import { temporaryName } from '../../base/fs-atomic.ts';
import { baseNameOf, type StorePath } from '../../formats/index.ts';
import { readGraph } from './gc-graph.ts';
import {
  type DeadBecause,
  defaultPolicy,
  type GcNode,
  type GcPlan,
  type GcPolicy,
  planGc,
  whyDead,
} from './gc-plan.ts';
import { findStrays } from './gc-strays.ts';
import { expiredGenerations, type GenerationPolicy, type ProfileGeneration } from './generation-plan.ts';
import { findGenerations, removeGenerations } from './generations.ts';
import { sweepLinks } from './links.ts';
import { makeReserve } from './open.ts';
import { type Parts, realPathIn } from './parts.ts';
import { removeTree } from './remove-tree.ts';
import { findRoots, type Roots, storePathOf } from './roots.ts';

export interface GcOptions extends Partial<GcPolicy> {
  /** Which generations of profiles go first; by default none. */
  readonly generations?: GenerationPolicy | undefined;
  /** Stop after so many bytes. */
  readonly maxFreed?: number | undefined;
  /** Stop after the batch that is under way. */
  readonly signal?: AbortSignal | undefined;
  /** Paths of one batch. */
  readonly batchSize?: number;
}

export interface GcResult {
  readonly deleted: readonly StorePath[];
  /** Names in the store's folder that were no valid paths. */
  readonly strays: readonly string[];
  /** Generations that went first. */
  readonly expired: readonly ProfileGeneration[];
  /** Bytes that became free on disk. */
  readonly freed: number;
  /** False when it stopped at `maxFreed` or was told to stop. */
  readonly complete: boolean;
}

/** What a collection would do, and why. */
export interface Preview extends Omit<GcPlan, 'dead'> {
  readonly dead: readonly (GcNode & { readonly because: DeadBecause })[];
  /** Generations of profiles that would go first. */
  readonly expired: readonly ProfileGeneration[];
}

/** What a collection would do now. Takes no lock: a hint, for showing. */
export function dryRun(parts: Parts, options: GcOptions = {}): Preview {
  const expired = expiredGenerations(findGenerations(parts.layout), options.generations ?? {});
  const links = new Set(expired.map(({ link }) => link));
  const roots = [...findRoots(parts.layout, { processes: true }).reasons];
  const staying = roots.filter(([, reasons]) => !reasons.every(({ from }) => links.has(from)));
  const graph = readGraph(parts.queries);
  const plan = planGc(
    graph,
    staying.map(([path]) => path),
    policyOf(options),
  );
  const paths = expired.flatMap(({ target, link }) => {
    const path = storePathOf(parts.layout, target);
    return path === undefined ? [] : ([[path, link]] as const);
  });
  const because = whyDead(graph, plan, new Map(paths));
  return { ...plan, dead: plan.dead.map((node, index) => ({ ...node, because: because[index]! })), expired };
}

export async function collectGarbage(parts: Parts, options: GcOptions = {}): Promise<GcResult> {
  invariant(!parts.guard.held, 'who collects does not add at the same time');
  const alone = await lock(parts.layout.sweepLock, {
    onWait: () => tell(parts, 'waiting for another collection to end'),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  try {
    return await collectAlone(parts, options);
  } finally {
    alone.release();
  }
}

async function collectAlone(parts: Parts, options: GcOptions): Promise<GcResult> {
  fs.rmSync(parts.layout.reserved, { force: true });
  const expired = expiredGenerations(findGenerations(parts.layout), options.generations ?? {});
  removeGenerations(expired);
  faultPoint('gc/expired');
  const sweep = new Sweep(parts, options);
  const activity = new Activity(parts.sink, 'collect', parts.layout.realStoreDir);
  try {
    await sweep.begin();
    while (!sweep.done && options.signal?.aborted !== true) {
      activity.progress(sweep.deleted.length, sweep.total, 'items');
      await sweep.batch();
    }
    if (sweep.done) await sweep.end();
    activity.stop(true);
    return { ...sweep.result(), expired };
  } catch (error) {
    activity.stop(false);
    throw error;
  } finally {
    makeReserve(parts.layout.reserved);
  }
}

class Sweep {
  readonly deleted: StorePath[] = [];
  readonly #parts: Parts;
  readonly #options: GcOptions;
  /** Still to be deleted, the next one last. */
  #queue: GcNode[] = [];
  /** Roots whose closures are known not to be in the queue. */
  #known = new Set<StorePath>();
  #strays: string[] = [];
  #freed = 0;

  constructor(parts: Parts, options: GcOptions) {
    this.#parts = parts;
    this.#options = options;
  }

  get total(): number {
    return this.deleted.length + this.#queue.length;
  }
  get done(): boolean {
    return this.#queue.length === 0 || this.#full;
  }
  get #full(): boolean {
    return this.#options.maxFreed !== undefined && this.#freed >= this.#options.maxFreed;
  }

  result(): Omit<GcResult, 'expired'> {
    return { deleted: this.deleted, strays: this.#strays, freed: this.#freed, complete: this.#queue.length === 0 };
  }

  /** Plans, and removes strays. */
  async begin(): Promise<void> {
    await this.#locked((trash) => {
      const roots = this.#roots();
      const graph = readGraph(this.#parts.queries);
      const plan = planGc(graph, roots.reasons.keys(), policyOf(this.#options));
      this.#queue = [...plan.dead].reverse();
      for (const link of roots.stale) fs.rmSync(link, { force: true });
      const valid = new Set(graph.nodes.map((node) => baseNameOf(node.path)));
      valid.add(basename(trash));
      this.#strays = findStrays(this.#parts.layout, valid, roots.reasons.keys());
      for (const name of this.#strays) moveAside(join(this.#parts.layout.realStoreDir, name), trash);
    });
  }

  /** Deletes some paths. */
  async batch(): Promise<void> {
    await this.#locked((trash) => {
      this.#spareRooted();
      const batch = this.#take();
      const gone = this.#invalidate(batch);
      faultPoint('gc/invalidated');
      for (const path of gone) moveAside(realPathIn(this.#parts.layout, path), trash);
      this.deleted.push(...gone);
    });
  }

  /** Removes shared contents that nothing shares any more. */
  async end(): Promise<void> {
    await this.#locked(() => {
      this.#freed += sweepLinks(this.#parts.layout.linksDir);
    });
  }

  /** The next batch: no more than what is asked for, as far as the sizes of archives tell. */
  #take(): GcNode[] {
    const batch: GcNode[] = [];
    let left = (this.#options.maxFreed ?? Number.POSITIVE_INFINITY) - this.#freed;
    while (batch.length < (this.#options.batchSize ?? 2000) && left > 0) {
      const node = this.#queue.pop();
      if (node === undefined) break;
      batch.push(node);
      left -= node.size;
    }
    return batch;
  }

  /** Nobody adds while `work` runs; what it moves to the folder it is given is removed afterwards. */
  async #locked(work: (trash: string) => void): Promise<void> {
    const { layout } = this.#parts;
    const trash = temporaryName(layout.realStoreDir);
    const held = await lock(layout.gcLock, {
      onWait: () => tell(this.#parts, 'waiting for processes that are adding to the store'),
    });
    try {
      fs.mkdirSync(trash, { mode: 0o700 });
      work(trash);
    } finally {
      held.release();
    }
    faultPoint('gc/moved');
    await this.#empty(trash);
  }

  async #empty(trash: string): Promise<void> {
    for (const name of fs.readdirSync(trash)) {
      this.#freed += removeTree(join(trash, name));
      await breathe();
    }
    removeTree(trash);
    faultPoint('gc/removed');
  }

  #roots(): Roots {
    const roots = findRoots(this.#parts.layout, { processes: true });
    this.#known = new Set(roots.reasons.keys());
    return roots;
  }

  /** Takes out of the queue what roots that came since lead to. */
  #spareRooted(): void {
    const before = this.#known;
    const fresh = [...this.#roots().reasons.keys()].filter((path) => !before.has(path));
    const ids = fresh.map((path) => this.#parts.queries.idOf(path)).filter((id) => id !== undefined);
    if (ids.length === 0) return;
    const alive = new Set(this.#parts.queries.reachable(ids).map(([, path]) => path));
    this.#queue = this.#queue.filter((node) => !alive.has(node.path));
  }

  /** Returns those that were valid and are so no more; what somebody refers to by now stays. */
  #invalidate(batch: readonly GcNode[]): StorePath[] {
    const { database, queries } = this.#parts;
    return database.transaction(() =>
      batch.map((node) => node.path).filter((path) => !queries.hasReferrers(path) && queries.remove(path)),
    );
  }
}

function tell(parts: Parts, text: string): void {
  parts.sink.emit({ type: 'message', level: 'notice', text });
}

export function policyOf(options: GcOptions): GcPolicy {
  return {
    keepDerivations: options.keepDerivations ?? defaultPolicy.keepDerivations,
    keepOutputs: options.keepOutputs ?? defaultPolicy.keepOutputs,
  };
}

/** A directory can only be moved to another one by who may write it, if that is not root. */
function moveAside(path: string, trash: string): void {
  const state = fs.lstatSync(path, { throwIfNoEntry: false });
  if (state === undefined) return;
  if (state.isDirectory()) fs.chmodSync(path, 0o755);
  fs.renameSync(path, join(trash, basename(path)));
}
