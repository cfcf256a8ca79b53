/**
 * Paths that are imported together: everything is received and verified first, then all of it becomes valid in one
 * step, or nothing does.
 */
import type { StorePath } from '../formats/index.ts';
import { referenceNotValid } from './errors.ts';
import type { LocalStore } from './local/local-store.ts';
import { now } from './local/parts.ts';
import { type ReceivedPath, Reception } from './local/reception.ts';
import type { PathInfo, Realisation } from './store.ts';
import { isTrusted, type Keys, notTrusted } from './trust.ts';

export interface ImportOptions {
  /** Whose signatures count for what is not addressed by its content. */
  readonly keys: Keys;
  /** False: what is not addressed by its content is believed. */
  readonly requireSignatures?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Imported {
  /** Those that became valid now, in the order of the export. */
  readonly paths: readonly StorePath[];
  /** Those that were valid already, and stayed as they are. */
  readonly known: readonly StorePath[];
}

export class ImportBatch {
  readonly reception: Reception;
  readonly #store: LocalStore;
  readonly #options: ImportOptions;
  readonly #received = new Map<StorePath, ReceivedPath>();
  readonly #known: StorePath[] = [];
  readonly #records: Realisation[] = [];

  constructor(store: LocalStore, options: ImportOptions) {
    store.requireWritable();
    store.flush();
    this.#store = store;
    this.#options = options;
    this.reception = new Reception(store.parts);
  }

  /** Takes a tree that is what `info` says. Throws `StoreError` `store/not-trusted`. */
  add(info: PathInfo, tree: ReceivedPath['tree']): void {
    this.#options.signal?.throwIfAborted();
    const { keys, requireSignatures = true } = this.#options;
    if (requireSignatures && !isTrusted(this.#store.storeDir, info, keys)) throw notTrusted(info, keys, 'this export');
    this.reception.checkDerivation(info.path, tree.place);
    const twice = this.#received.has(info.path);
    if (twice || this.#store.isValid(info.path)) {
      if (!twice) this.#known.push(info.path);
      this.reception.discard(tree);
      return;
    }
    const provenance = { kind: 'copy', time: now(), details: { imported: true } } as const;
    this.#received.set(info.path, { info, tree, provenance });
  }

  /** Notes a path that is valid already, and stays as it is. */
  addKnown(path: StorePath): void {
    this.#known.push(path);
  }

  /** Takes a record that somebody trusted vouches for; it counts when its path is valid in the end. */
  addRecord(record: Realisation): void {
    this.#records.push(record);
  }

  /** Makes everything valid. Throws `StoreError` `store/reference-not-valid`; then nothing is. */
  async finish(): Promise<Imported> {
    const received = [...this.#received.values()];
    this.#store.addTempRoots(received.flatMap(({ info }) => info.references));
    for (const { info } of received) {
      for (const path of info.references) if (!this.#willBeValid(path)) throw referenceNotValid(info.path, path);
    }
    const paths = await this.reception.commit(received, this.#newRecords());
    return { paths, known: this.#known };
  }

  close(): void {
    this.reception.close();
  }

  #willBeValid(path: StorePath): boolean {
    return this.#received.has(path) || this.#store.isValid(path);
  }

  #newRecords(): Realisation[] {
    return this.#records.filter(
      ({ drvPath, outputName, outPath }) =>
        this.#willBeValid(outPath) && this.#store.realisation(drvPath, outputName) === undefined,
    );
  }
}
