/**
 * Fetches offered paths into a local store, many at once. An archive is checked while it arrives; a path becomes valid
 * after all that it refers to. Where a cache fails, the next one that has the same path is tried.
 */
import { Semaphore } from '../../base/async.ts';
import { Activity, type Sink } from '../../base/events.ts';
import type { NarInfo, StorePath } from '../../formats/index.ts';
import { StoreError } from '../errors.ts';
import type { LocalStore } from '../local/local-store.ts';
import { now } from '../local/parts.ts';
import { type ReceivedTree, Reception } from '../local/reception.ts';
import { pathInfoOf } from '../narinfo-path-info.ts';
import type { PathInfo } from '../store.ts';
import { type CacheSource, isCacheFault } from './cache-source.ts';
import { Committer } from './committer.ts';
import type { Offer, Substituters } from './substituters.ts';

export interface DownloadOptions {
  /** Archives under way at once. */
  readonly parallel?: number | undefined;
  readonly sink: Sink;
  readonly signal?: AbortSignal | undefined;
}

interface Task {
  /** Resolves when it stands in line to become valid, after its references. */
  readonly queued: Promise<void>;
  /** Resolves when it is valid. */
  readonly valid: Promise<void>;
}

const usualParallel = 8;

export class Downloader {
  readonly #store: LocalStore;
  readonly #substituters: Substituters;
  readonly #options: DownloadOptions;
  readonly #reception: Reception;
  readonly #committer: Committer;
  readonly #slots: Semaphore;
  readonly #tasks = new Map<StorePath, Task>();
  #active = 0;

  constructor(store: LocalStore, substituters: Substituters, options: DownloadOptions) {
    store.requireWritable();
    this.#store = store;
    this.#substituters = substituters;
    this.#options = options;
    this.#reception = new Reception(store.parts);
    this.#committer = new Committer((group) => this.#reception.commit(group));
    this.#slots = new Semaphore(options.parallel ?? usualParallel);
  }

  /**
   * Resolves when all of them were tried; says of each that did not become valid why. What another call is fetching
   * already is waited for.
   * @param offers each after what it refers to, which must be valid or among them
   */
  async fetch(offers: readonly Offer[]): Promise<Map<StorePath, unknown>> {
    // In this order each waits only for what has a slot already, or is done: nobody waits for ever.
    for (const offer of offers) if (!this.#tasks.has(offer.path)) this.#begin(offer);
    const failures = new Map<StorePath, unknown>();
    await Promise.all(
      offers.map(({ path }) => this.#tasks.get(path)!.valid.catch((error: unknown) => void failures.set(path, error))),
    );
    return failures;
  }

  /** Removes what was received and did not become valid. */
  close(): void {
    this.#reception.close();
  }

  #begin(offer: Offer): void {
    this.#active += 1;
    const taken = this.#take(offer).finally(() => {
      this.#active -= 1;
    });
    const valid = taken.then(({ valid }) => valid);
    const queued = taken.then(() => undefined);
    for (const promise of [valid, queued]) promise.catch(() => {}); // asked for later, or by nobody
    this.#tasks.set(offer.path, { queued, valid });
    // When nothing more is under way, nothing more will join the group.
    void queued.catch(() => {}).then(() => this.#active === 0 && this.#committer.flush());
  }

  async #take(offer: Offer): Promise<{ valid: Promise<void> }> {
    const { info, tree, source } = await this.#slots.use(() => this.#receive(offer));
    try {
      for (const path of info.references) if (path !== info.path) await this.#tasks.get(path)?.queued;
    } catch (error) {
      this.#reception.discard(tree);
      throw error;
    }
    const provenance = { kind: 'copy', time: now(), details: { cache: source.uri } } as const;
    const valid = this.#committer.add({ info, tree, provenance });
    valid.catch(() => {});
    return { valid };
  }

  /** The tree of a path, from the first cache that really gives it. */
  async #receive(first: Offer): Promise<{ info: PathInfo; tree: ReceivedTree; source: CacheSource }> {
    const tried = new Set<CacheSource>();
    for (let offer: Offer | undefined = first, last: unknown; ; ) {
      if (offer === undefined) throw notInCaches(first.path, last);
      this.#options.signal?.throwIfAborted();
      try {
        const info = pathInfoOf(offer.info);
        return { info, tree: await this.#receiveFrom(offer, info), source: offer.source };
      } catch (error) {
        if (!isCacheFault(error) && !isGone(error)) throw error;
        offer.source.forget(first.path);
        offer.source.blame(error);
        last = error;
      }
      tried.add(offer.source);
      offer = await this.#alternative(first, tried);
    }
  }

  async #receiveFrom({ info, source }: Offer, expected: PathInfo): Promise<ReceivedTree> {
    const { sink, signal } = this.#options;
    const activity = new Activity(sink, 'substitute', info.path);
    let ok = false;
    try {
      const nar = source.works ? await source.cache.nar(info, signal) : undefined;
      if (nar === undefined) throw gone(source.uri, info);
      const tree = await this.#reception.receive(counted(nar, activity, info.narSize), expected);
      ok = true;
      return tree;
    } finally {
      activity.stop(ok);
    }
  }

  /** Another cache's offer that needs nothing which is not valid or under way. */
  async #alternative({ path }: Offer, tried: Set<CacheSource>): Promise<Offer | undefined> {
    for (;;) {
      const offer = await this.#substituters.find(path, tried);
      if (offer === undefined) return undefined;
      const known = (other: StorePath): boolean =>
        other === path || this.#tasks.has(other) || this.#store.isValid(other);
      if (offer.info.references.every(known)) return offer;
      tried.add(offer.source);
    }
  }
}

async function* counted(nar: AsyncIterable<Uint8Array>, activity: Activity, total: number): AsyncGenerator<Uint8Array> {
  let done = 0;
  for await (const chunk of nar) {
    done += chunk.length;
    activity.progress(done, total, 'bytes');
    yield chunk;
  }
}

/** A cache that was cleaned since it said what it has: no fault, and no reason to mistrust the rest of it. */
function gone(uri: string, { path, url }: NarInfo): StoreError {
  return new StoreError('store/not-in-caches', `'${url}' is gone from the cache '${uri}'`, { details: { path, url } });
}

function isGone(error: unknown): boolean {
  return error instanceof StoreError && error.code === 'store/not-in-caches';
}

function notInCaches(path: StorePath, cause: unknown): StoreError {
  return new StoreError('store/not-in-caches', `no cache gives '${path}'`, { details: { path }, cause });
}
