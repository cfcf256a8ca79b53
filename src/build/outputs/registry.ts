/**
 * What is in the store as far as this run knows: valid paths, and outputs that are finished and in place but not yet
 * registered. Registering waits for the disk, so outputs are registered in groups, while others are built from them
 * already; in the order in which they were finished, so that each comes after its inputs. Their locks are held until
 * then. Nothing is taken for valid outside of this run before it is registered.
 */
import { faultPoint } from '../../base/fault.ts';
import { reachable } from '../../base/graph.ts';
import type { Derivation, StorePath } from '../../formats/index.ts';
import type { LocalStore, PathInfo, PathLocks, Realisation } from '../../store/index.ts';
import type { PlanView } from '../plan.ts';

export interface Finished {
  readonly infos: readonly PathInfo[];
  readonly realisations: readonly Realisation[];
  /** Released when all of it is registered, or cannot be. */
  readonly locks: readonly PathLocks[];
}

/** Milliseconds for which outputs wait for others to be registered with, when nobody waits for them. */
const patience = 500;
const largestGroup = 500;

export class Registry implements PlanView {
  readonly storeDir: string;
  readonly #store: LocalStore;
  readonly #infos = new Map<StorePath, PathInfo>();
  /** Finished and not registered. */
  readonly #fresh = new Map<StorePath, PathInfo>();
  readonly #freshRecords = new Map<string, Realisation>();
  #waiting: Finished[] = [];
  #timer: NodeJS.Timeout | undefined;
  #last: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;

  constructor(store: LocalStore) {
    this.#store = store;
    this.storeDir = store.storeDir;
  }

  isValid(path: StorePath): boolean {
    return this.#fresh.has(path) || this.#store.isValid(path);
  }

  /** Whether other processes, and the database, know of it. */
  isRegistered(path: StorePath): boolean {
    return !this.#fresh.has(path);
  }

  pathInfo(path: StorePath): PathInfo | undefined {
    let info = this.#infos.get(path);
    if (info === undefined) {
      info = this.#store.pathInfo(path);
      if (info !== undefined) this.#infos.set(path, info);
    }
    return info;
  }

  readDerivation(drvPath: StorePath): Derivation {
    return this.#store.readDerivation(drvPath);
  }

  realisation(drvPath: StorePath, outputName: string): Realisation | undefined {
    return this.#freshRecords.get(`${drvPath}!${outputName}`) ?? this.#store.realisation(drvPath, outputName);
  }

  /** These paths, which must be valid, and all that they lead to. */
  closure(paths: Iterable<StorePath>): StorePath[] {
    return [...reachable(paths, (path) => this.pathInfo(path)?.references ?? [])];
  }

  /** Takes outputs that are in place. From now on they count as valid in this run. */
  add(finished: Finished): void {
    for (const info of finished.infos) {
      this.#fresh.set(info.path, info);
      this.#infos.set(info.path, info);
    }
    for (const record of finished.realisations) {
      this.#freshRecords.set(`${record.drvPath}!${record.outputName}`, record);
    }
    this.#waiting.push(finished);
    if (this.#waiting.length >= largestGroup) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), patience);
  }

  /** Resolves when all that was added is registered; rejects when some of it could not be. */
  async settled(): Promise<void> {
    this.#flush();
    await this.#last;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.length === 0) return;
    // While a group waits for the disk, the next one grows.
    this.#last = this.#last.then(() => this.#register(this.#waiting.splice(0)));
  }

  async #register(group: readonly Finished[]): Promise<void> {
    try {
      // What comes after something that could not be registered may need it.
      if (this.#failure !== undefined || group.length === 0) return;
      const infos = group.flatMap((finished) => finished.infos);
      const realisations = group.flatMap((finished) => finished.realisations);
      faultPoint('build/registering');
      await this.#store.registerOutputsLater(infos, realisations);
      faultPoint('build/outputs-registered');
      for (const { path } of infos) this.#fresh.delete(path);
      for (const { drvPath, outputName } of realisations) this.#freshRecords.delete(`${drvPath}!${outputName}`);
    } catch (error) {
      this.#failure = { error };
    } finally {
      for (const { locks } of group) for (const lock of locks) lock.release();
    }
  }
}
