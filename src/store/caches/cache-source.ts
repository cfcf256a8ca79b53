/**
 * One cache as it is used in a run: asked through the kept answers, watched, and dropped when it does not work. A cache
 * that cannot be reached, or wants other credentials, is not asked again in this run; one that gives something wrong
 * loses that path, and after a few times all of them. Each says so once. Nothing that a cache does is fatal.
 */
import type { SysbuildError } from '../../base/errors.ts';
import type { Sink } from '../../base/events.ts';
import { baseNameOf, FormatError, hashPartOf, type NarInfo, type StorePath } from '../../formats/index.ts';
import { StoreError, type StoreErrorCode } from '../errors.ts';
import type { BinaryCache } from './binary-cache.ts';
import { type CacheInfo, usualPriority } from './cache-info.ts';
import type { CacheParameters } from './cache-uri.ts';
import type { LookupCache } from './lookup-cache.ts';
import { parseRecord, printRecord, type SignedRealisation } from './realisation-file.ts';

/** So many wrong answers, and nothing more is taken from a cache. */
const mostStrikes = 3;

/** Codes of what a cache did wrong, or could not do. Everything else that is thrown is of our own side. */
const itsFault: readonly StoreErrorCode[] = [
  'store/cache-unreachable',
  'store/cache-denied',
  'store/cache-broken',
  'store/cache-other-store',
  'store/hash-mismatch',
  'store/content-address-mismatch',
  'store/not-a-derivation',
  'store/compression',
];
const final: readonly string[] = ['store/cache-unreachable', 'store/cache-denied', 'store/cache-other-store'];

export class CacheSource {
  readonly cache: BinaryCache;
  readonly parameters: CacheParameters;
  readonly #lookups: LookupCache;
  readonly #sink: Sink;
  readonly #infos = new Map<StorePath, Promise<NarInfo | undefined>>();
  #ready: Promise<CacheInfo> | undefined;
  #dropped = false;
  #strikes = 0;
  #warned = false;
  #distrusted = false;

  constructor(cache: BinaryCache, parameters: CacheParameters, options: { lookups: LookupCache; sink: Sink }) {
    this.cache = cache;
    this.parameters = parameters;
    this.#lookups = options.lookups;
    this.#sink = options.sink;
  }

  get uri(): string {
    return this.cache.uri;
  }

  /** Whether it is still asked. */
  get works(): boolean {
    return !this.#dropped;
  }

  /** Its place in the order, and whether it likes many questions; undefined when it is dropped. */
  async ready(signal?: AbortSignal): Promise<{ priority: number; wantMassQuery: boolean } | undefined> {
    this.#ready ??= this.#loadInfo(signal);
    const info = await this.#watching(() => this.#ready!);
    if (info === undefined) return undefined;
    return {
      priority: this.parameters.priority ?? info.priority ?? usualPriority,
      wantMassQuery: this.parameters.wantMassQuery ?? info.wantMassQuery ?? false,
    };
  }

  /** What it says of a path; undefined when it has none, or does not work. */
  narInfo(path: StorePath, signal?: AbortSignal): Promise<NarInfo | undefined> {
    let info = this.#infos.get(path);
    if (info === undefined) {
      info = this.#watching(() => this.#findNarInfo(path, signal));
      this.#infos.set(path, info);
    }
    return info;
  }

  /** Which path it says that an output became. */
  realisation(drvPath: StorePath, outputName: string, signal?: AbortSignal): Promise<SignedRealisation | undefined> {
    return this.#watching(async () => {
      const key = `${baseNameOf(drvPath)}!${outputName}`;
      const known = this.#lookups.lookUp(this.uri, key);
      if (known !== undefined)
        return known.text === undefined ? undefined : parseRecord(this.cache.storeDir, known.text);
      const record = await this.cache.realisation(drvPath, outputName, signal);
      if (this.cache.transport.remote) this.#lookups.save(this.uri, key, record && printRecord(record));
      return record;
    });
  }

  /** What was announced is not there, or not as announced: nothing more of it in this run, and the next asks anew. */
  forget(path: StorePath): void {
    this.#infos.set(path, Promise.resolve(undefined));
    if (this.cache.transport.remote) this.#lookups.remove(this.uri, hashPartOf(path));
  }

  /** Counts what went wrong. Returns false for what is not the cache's fault. */
  blame(error: unknown): boolean {
    if (!isCacheFault(error)) return false;
    this.#strikes += 1;
    if (final.includes(error.code) || this.#strikes >= mostStrikes) this.#drop();
    if (!this.#warned) {
      const hint = error.hint === undefined ? '' : ` (${error.hint})`;
      const text = final.includes(error.code)
        ? `not used in this run: ${error.message}${hint}`
        : `not taken from the cache '${this.uri}': ${error.message}${hint}`;
      this.#sink.emit({ type: 'message', level: 'warn', text });
      this.#warned = true;
    }
    return true;
  }

  /** Says once that something in it is signed by nobody trusted. */
  distrust(error: StoreError): void {
    if (this.#distrusted) return;
    this.#distrusted = true;
    const text = `not taken, nor anything else like it: ${error.message} (${error.hint})`;
    this.#sink.emit({ type: 'message', level: 'warn', text });
  }

  /** What waits for it waits no longer. */
  #drop(): void {
    if (this.#dropped) return;
    this.#dropped = true;
    this.cache.transport.close();
  }

  async #loadInfo(signal: AbortSignal | undefined): Promise<CacheInfo> {
    const known = this.cache.transport.remote ? this.#lookups.info(this.uri) : undefined;
    const info = known ?? (await this.cache.info(signal));
    if (info === undefined) {
      throw new StoreError('store/cache-unreachable', `'${this.uri}' is no cache: it has no nix-cache-info`, {
        details: { cache: this.uri },
      });
    }
    const { storeDir } = info;
    if (storeDir !== undefined && storeDir !== this.cache.storeDir)
      throw otherStore(this.uri, storeDir, this.cache.storeDir);
    if (known === undefined && this.cache.transport.remote) this.#lookups.saveInfo(this.uri, info);
    return info;
  }

  async #findNarInfo(path: StorePath, signal: AbortSignal | undefined): Promise<NarInfo | undefined> {
    if (!this.cache.transport.remote) return this.cache.narInfo(path, signal);
    const hashPart = hashPartOf(path);
    const known = this.#lookups.lookUp(this.uri, hashPart);
    if (known !== undefined && known.text === undefined) return undefined;
    if (known?.text !== undefined) {
      try {
        return this.cache.parse(path, known.text);
      } catch {
        // What was kept is damaged, or of another path: ask again.
      }
    }
    const text = await this.cache.narInfoText(path, signal);
    const info = text === undefined ? undefined : this.cache.parse(path, text);
    this.#lookups.save(this.uri, hashPart, text);
    return info;
  }

  /** Runs a question; undefined when the cache is dropped, or gives no proper answer. */
  async #watching<T>(ask: () => Promise<T | undefined>): Promise<T | undefined> {
    if (this.#dropped) return undefined;
    try {
      return await ask();
    } catch (error) {
      if (this.blame(error)) return undefined;
      throw error;
    }
  }
}

/** Whether an error tells of a cache, or of what came from one. */
export function isCacheFault(error: unknown): error is SysbuildError {
  if (error instanceof FormatError) return true;
  return error instanceof StoreError && itsFault.includes(error.code);
}

function otherStore(uri: string, theirs: string, ours: string): StoreError {
  return new StoreError('store/cache-other-store', `the cache '${uri}' is for stores at '${theirs}', not '${ours}'`, {
    details: { cache: uri, storeDir: theirs, expected: ours },
  });
}
