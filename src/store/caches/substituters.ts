/**
 * The caches of a run, in the order in which they are asked. Answers are believed only where a trusted key signed
 * them, or where the path is addressed by its content.
 */
import { mapBounded } from '../../base/async.ts';
import { CycleError } from '../../base/graph.ts';
import type { NarInfo, PublicKey, StorePath } from '../../formats/index.ts';
import { isTrusted, notTrusted } from '../trust.ts';
import type { CacheSource } from './cache-source.ts';
import { type Availability, type FetchPlan, planFetch } from './fetch-plan.ts';
import { isVouchedFor } from './realisation-file.ts';

/** A path that a cache has, and whose description is believed. */
export interface Offer {
  readonly path: StorePath;
  readonly info: NarInfo;
  readonly source: CacheSource;
}

/** What the plan asks of the store that is to be filled. */
export interface ValidityView {
  isValid(path: StorePath): boolean;
  /** The same for many at once. */
  validAmong?(paths: Iterable<StorePath>): ReadonlySet<StorePath>;
  /** Keeps paths, valid or not, from being collected. */
  addTempRoots?(paths: Iterable<StorePath>): void;
}

export interface SubstituterOptions {
  readonly storeDir: string;
  readonly keys: ReadonlyMap<string, PublicKey>;
  /** False: whatever a cache says is believed, as far as its bytes are what it says they are. */
  readonly requireSignatures?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

const isValid = { kind: 'valid' } as const;

/** So many questions are under way at once; the connections are fewer. */
const questions = 64;

export class Substituters {
  readonly #sources: readonly CacheSource[];
  readonly #options: SubstituterOptions;
  #ordered: Promise<readonly { source: CacheSource; wantMassQuery: boolean }[]> | undefined;

  /** @param sources in the order of the user, which counts among those of equal priority */
  constructor(sources: readonly CacheSource[], options: SubstituterOptions) {
    this.#sources = sources;
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.#sources.length === 0;
  }

  /** The first believed offer of a path, of a cache that is not in `except`. */
  async find(path: StorePath, except: ReadonlySet<CacheSource> = new Set()): Promise<Offer | undefined> {
    for (const { source } of await this.#order()) {
      if (except.has(source) || !source.works) continue;
      const info = await source.narInfo(path, this.#options.signal);
      if (info !== undefined && this.#believes(source, info)) return { path, info, source };
    }
    return undefined;
  }

  /** Which of these paths the caches have that like to be asked for many. */
  async query(paths: Iterable<StorePath>): Promise<Map<StorePath, Offer>> {
    const reluctant = new Set(
      (await this.#order()).filter((entry) => !entry.wantMassQuery).map(({ source }) => source),
    );
    const offers = await mapBounded(paths, questions, (path) => this.find(path, reluctant));
    return new Map(offers.flatMap((offer) => (offer === undefined ? [] : [[offer.path, offer]])));
  }

  /** What has to be fetched so that `wanted` and all that they refer to become valid. */
  async plan(view: ValidityView, wanted: Iterable<StorePath>): Promise<FetchPlan<Offer>> {
    const roots = new Set(wanted);
    const known = new Map<StorePath, Availability<Offer>>();
    for (let wave = [...roots]; wave.length > 0; ) {
      view.addTempRoots?.(wave);
      const valid = view.validAmong?.(wave) ?? new Set(wave.filter((path) => view.isValid(path)));
      const found = await mapBounded(
        wave,
        questions,
        async (path) => [path, valid.has(path) ? isValid : await this.#availability(path)] as const,
      );
      for (const [path, state] of found) known.set(path, state);
      const next = found.flatMap(([, state]) => (state.kind === 'offered' ? state.references : []));
      wave = [...new Set(next)].filter((path) => !known.has(path));
    }
    try {
      return planFetch(roots, known);
    } catch (error) {
      if (!(error instanceof CycleError)) throw error;
      // Only a liar can offer paths that refer to each other in a circle: nothing of all this is taken.
      return { offers: [], available: new Set(), unavailable: new Map([...roots].map((path) => [path, path])) };
    }
  }

  /** Which path an output became, as far as somebody trusted says so. */
  async realisation(drvPath: StorePath, outputName: string): Promise<StorePath | undefined> {
    for (const { source } of await this.#order()) {
      if (!source.works) continue;
      const record = await source.realisation(drvPath, outputName, this.#options.signal);
      if (record === undefined) continue;
      if (this.#believesAll(source) || isVouchedFor(record, this.#options.keys)) return record.outPath;
    }
    return undefined;
  }

  async #availability(path: StorePath): Promise<Availability<Offer>> {
    const offer = await this.find(path);
    return offer === undefined ? { kind: 'absent' } : { kind: 'offered', offer, references: offer.info.references };
  }

  #order(): Promise<readonly { source: CacheSource; wantMassQuery: boolean }[]> {
    this.#ordered ??= this.#findOrder();
    return this.#ordered;
  }

  async #findOrder() {
    const ready = await Promise.all(
      this.#sources.map(async (source) => ({ source, info: await source.ready(this.#options.signal) })),
    );
    return ready
      .flatMap(({ source, info }) => (info === undefined ? [] : [{ source, ...info }]))
      .sort((a, b) => a.priority - b.priority);
  }

  #believes(source: CacheSource, info: NarInfo): boolean {
    const { storeDir, keys } = this.#options;
    if (this.#believesAll(source) || isTrusted(storeDir, info, keys)) return true;
    source.distrust(notTrusted(info, keys, `the cache '${source.uri}'`));
    return false;
  }

  #believesAll(source: CacheSource): boolean {
    return this.#options.requireSignatures === false || source.parameters.trusted;
  }
}
