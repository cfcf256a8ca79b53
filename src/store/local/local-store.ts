/**
 * A store on this machine's disk. This file only says what there is; each operation has a file of its own.
 *
 * Physical paths that go in or out are strings as Node has them. Everything that adds throws `StoreError`, and leaves
 * nothing half-made: see `docs/store-layout.md` for the order of the steps.
 */
import { bytesOf } from '../../base/bytes.ts';
import {
  type Derivation,
  derivationNameOf,
  derivationReferences,
  hashPartLength,
  hashPartOf,
  parseDerivation,
  printDerivation,
  type StorePath,
} from '../../formats/index.ts';
import { referencesFirst } from '../closure.ts';
import { notValid, referenceNotValid, StoreError, translatingErrors, translatingErrorsAsync } from '../errors.ts';
import type { PathInfo, Provenance, Realisation, Store } from '../store.ts';
import { addFromNar } from './add-nar.ts';
import { type AddRequest, addTree } from './add-tree.ts';
import { dumpTree, streamTree } from './nar.ts';
import { registerOutputs, registerOutputsLater } from './outputs.ts';
import { now, ownFolders, type Parts, realPathIn } from './parts.ts';
import { lockPaths, type PathLocks } from './path-locks.ts';
import { Pending } from './pending.ts';
import type { PathId, Queries } from './queries.ts';
import { rawPathOf } from './raw-path.ts';
import { readStoreFile } from './read-file.ts';
import { registerRealisations } from './realisations.ts';
import { makeIndirectRoot, makeRoot } from './roots.ts';
import { textOf, writeTexts } from './texts.ts';
import { type Problem, type VerifyOptions, verify } from './verify.ts';

export class LocalStore implements Store {
  readonly storeDir: string;
  readonly realStoreDir: string;
  readonly stateDir: string;
  readonly logDir: string;
  readonly readOnly: boolean;
  /** For the other operations of this room. */
  readonly parts: Parts;
  readonly #queries: Queries;
  readonly #pending = new Pending();
  readonly #derivations = new Map<StorePath, Derivation>();
  #writeBehind: boolean;
  #evaluated: Provenance['details'] | undefined;
  #closed = false;

  constructor(parts: Parts, writeBehind: boolean) {
    this.parts = parts;
    this.#queries = parts.queries;
    this.#writeBehind = writeBehind;
    this.readOnly = parts.readOnly;
    ({
      storeDir: this.storeDir,
      realStoreDir: this.realStoreDir,
      stateDir: this.stateDir,
      logDir: this.logDir,
    } = parts.layout);
  }

  // Questions about one path.

  isValid(path: StorePath): boolean {
    return this.#pending.get(path) !== undefined || this.#queries.idOf(path) !== undefined;
  }

  /** Those of the paths that are valid. */
  validAmong(paths: Iterable<StorePath>): Set<StorePath> {
    this.flush();
    return this.#queries.validAmong(paths);
  }

  pathInfo(path: StorePath): PathInfo | undefined {
    return this.#pending.get(path)?.info ?? this.#queries.info(this.storeDir, path);
  }

  /** Throws `StoreError` `store/not-valid`. */
  requireInfo(path: StorePath): PathInfo {
    const info = this.pathInfo(path);
    if (info === undefined) throw notValid(path);
    return info;
  }

  /** Where the path is on disk, whether it is valid or not. A text that is kept back is written first. */
  realPath(path: StorePath): string {
    if (this.#pending.get(path) !== undefined) this.flush();
    return realPathIn(this.parts.layout, path);
  }

  readDerivation(path: StorePath): Derivation {
    const known = this.#pending.get(path)?.derivation ?? this.#derivations.get(path);
    if (known !== undefined) return known;
    const name = derivationNameOf(path);
    const derivation = parseDerivation(this.storeDir, this.#readValid(path), name);
    this.#derivations.set(path, derivation);
    return derivation;
  }

  byHashPart(hashPart: string): StorePath | undefined {
    this.flush();
    if (hashPart.length !== hashPartLength) return undefined;
    const path = this.#queries.firstFrom(`${this.storeDir}/${hashPart}`);
    return path !== undefined && hashPartOf(path) === hashPart ? path : undefined;
  }

  realisation(drvPath: StorePath, outputName: string): Realisation | undefined {
    return this.#queries.realisation(drvPath, outputName);
  }

  realisationsOf(drvPath: StorePath): Realisation[] {
    return this.#queries.realisationsOf(drvPath);
  }

  provenance(path: StorePath): Provenance[] {
    return this.#queries.provenance(path);
  }

  // Questions about many.

  allPaths(): StorePath[] {
    this.flush();
    return this.#queries.allPaths();
  }

  /** Valid paths that refer to this one, itself perhaps among them. */
  referrers(path: StorePath): StorePath[] {
    this.flush();
    return this.#queries.referrers(path);
  }

  closure(paths: Iterable<StorePath>): StorePath[] {
    const nodes = this.#queries.reachable(this.#idsOf(paths));
    return referencesFirst({ nodes, edges: this.#queries.edgesOf(nodes.map(([id]) => id)) });
  }

  /** Everything that leads to `paths`, themselves included; each after what it refers to. */
  referrersClosure(paths: Iterable<StorePath>): StorePath[] {
    const nodes = this.#queries.reachableBackwards(this.#idsOf(paths));
    return referencesFirst({ nodes, edges: this.#queries.edgesOf(nodes.map(([id]) => id)) });
  }

  /** Valid derivations that make this path. */
  derivers(path: StorePath): StorePath[] {
    this.flush();
    return this.#queries.validDerivers(path);
  }

  /** The outputs of a valid derivation whose paths are known: those that follow from it, and those of records. */
  outputs(drvPath: StorePath): Map<string, StorePath> {
    const [id] = this.#idsOf([drvPath]);
    const built = this.#queries
      .realisationsOf(drvPath)
      .map(({ outputName, outPath }) => [outputName, outPath] as const);
    return new Map([...this.#queries.derivationOutputs(id!), ...built]);
  }

  #idsOf(paths: Iterable<StorePath>): PathId[] {
    this.flush();
    return [...paths].map((path) => {
      const id = this.#queries.idOf(path);
      if (id === undefined) throw notValid(path);
      return id;
    });
  }

  // Adding.

  /** A text file. `content` is a byte string or bytes. */
  addText(name: string, content: string | Uint8Array, references: readonly StorePath[]): StorePath {
    return this.#addText(name, content, references);
  }

  /** The `.drv` file of a derivation, whose inputs must be valid. */
  addDerivation(derivation: Derivation): StorePath {
    const text = printDerivation(this.storeDir, derivation);
    return this.#addText(`${derivation.name}.drv`, text, derivationReferences(derivation), derivation);
  }

  #addText(
    name: string,
    content: string | Uint8Array,
    references: readonly StorePath[],
    derivation?: Derivation,
  ): StorePath {
    const bytes = typeof content === 'string' ? bytesOf(content) : Buffer.from(content);
    const text = { ...textOf(this.storeDir, name, bytes, references), derivation, provenance: this.#evaluation() };
    this.#writing(() => {
      const dangling = references.find((path) => !this.isValid(path));
      if (dangling !== undefined) throw referenceNotValid(text.info.path, dangling);
      this.#pending.add(text);
      if (!this.#writeBehind || this.#pending.full) this.flush();
    });
    if (derivation !== undefined) this.#derivations.set(text.info.path, derivation);
    return text.info.path;
  }

  /** A copy of a file or tree. */
  addPath(request: AddRequest): StorePath {
    return this.#writing(() => {
      if (request.references !== undefined) this.flush();
      return addTree(this.parts, request);
    });
  }

  /** What an archive holds, after it has been checked against `info`. */
  addFromNar(info: PathInfo, nar: AsyncIterable<Uint8Array>): Promise<void> {
    this.#writing(() => this.flush());
    return translatingErrorsAsync(ownFolders(this.parts.layout), () => addFromNar(this.parts, info, nar));
  }

  /** Outputs of builds, which stand at their places in canonical form already. All of them become valid, or none. */
  registerOutputs(infos: readonly PathInfo[], realisations: readonly Realisation[] = []): void {
    this.#writing(() => {
      this.flush();
      registerOutputs(this.parts, infos, realisations);
    });
  }

  /** The same; other work goes on while the disk is waited for. */
  registerOutputsLater(infos: readonly PathInfo[], realisations: readonly Realisation[] = []): Promise<void> {
    this.#writing(() => this.flush());
    const work = (): Promise<void> => registerOutputsLater(this.parts, infos, realisations);
    return translatingErrorsAsync(ownFolders(this.parts.layout), work);
  }

  /** The outputs' paths must be valid. A record whose path is gone gives way to the new one. */
  registerRealisations(realisations: readonly Realisation[]): void {
    this.#writing(() => this.parts.database.transaction(() => registerRealisations(this.#queries, realisations)));
  }

  registerRealisation(realisation: Realisation): void {
    this.registerRealisations([realisation]);
  }

  setProvenance(path: StorePath, provenance: Provenance): void {
    const [id] = this.#idsOf([path]);
    this.#writing(() => this.parts.database.transaction(() => this.#queries.setProvenance(id!, provenance)));
  }

  /** Adds `key-name:base64` signatures to what is known of a path. */
  addSignatures(path: StorePath, signatures: readonly string[]): void {
    this.#writing(() => {
      this.flush();
      this.parts.database.transaction(() => {
        const info = this.requireInfo(path);
        this.#queries.update({ ...info, signatures: [...new Set([...info.signatures, ...signatures])].sort() });
      });
    });
  }

  /** What is being evaluated: noted as the origin of all texts that are added from now on. Plain data. */
  noteEvaluation(details: Provenance['details'] | undefined): void {
    this.#evaluated = details;
  }

  #evaluation(): Provenance | undefined {
    return this.#evaluated && { kind: 'evaluation', time: now(), details: this.#evaluated };
  }

  /** Texts that are added by `work` are written together at its end; when it throws, none of them is. */
  batch<T>(work: () => T): T {
    if (this.#writeBehind) return work();
    this.#writeBehind = true;
    try {
      return this.#writing(() =>
        this.parts.guard.during(() => {
          const result = work();
          this.flush();
          return result;
        }),
      );
    } finally {
      this.#pending.clear();
      this.#writeBehind = false;
    }
  }

  /** Writes and registers what was kept back. */
  flush(): void {
    if (this.#pending.size === 0) return;
    try {
      this.#writing(() => writeTexts(this.parts, this.#pending.all()));
    } finally {
      this.#pending.clear();
    }
  }

  // Reading.

  /** The archive of a valid path. */
  dumpNar(path: StorePath): AsyncIterable<Uint8Array> {
    this.requireInfo(path);
    return streamTree(rawPathOf(this.realPath(path)));
  }

  /** The archive of a small valid path, at once: as many bytes as were registered, or what there are if that is less. */
  narBytes(path: StorePath): Uint8Array {
    const { narSize } = this.requireInfo(path);
    const bytes = Buffer.allocUnsafeSlow(narSize);
    let size = 0;
    const work = (): void =>
      dumpTree(rawPathOf(this.realPath(path)), (chunk) => (size += copyInto(bytes, size, chunk)));
    translatingErrors(ownFolders(this.parts.layout), work);
    return bytes.subarray(0, size);
  }

  /** What is wrong with the store; nothing, when the list is empty. */
  verify(options: VerifyOptions): Promise<Problem[]> {
    this.flush();
    return translatingErrorsAsync(ownFolders(this.parts.layout), () => verify(this.parts, options));
  }

  #readValid(path: StorePath): string {
    if (!this.isValid(path)) throw notValid(path);
    return translatingErrors(ownFolders(this.parts.layout), () => readStoreFile(this.realPath(path)));
  }

  // Locks.

  /** Locks paths against others who would make them; wait and abort as in `lock`. */
  lockOutputs(paths: Iterable<StorePath>, signal?: AbortSignal, onWait?: (path: string) => void): Promise<PathLocks> {
    const realPaths = this.#writing(() => [...paths].map((path) => realPathIn(this.parts.layout, path)));
    return translatingErrorsAsync(ownFolders(this.parts.layout), () => lockPaths(realPaths, { signal, onWait }));
  }

  /** Keeps a path, valid or not yet, from being collected while this process runs. */
  addTempRoot(path: StorePath): void {
    this.addTempRoots([path]);
  }

  addTempRoots(paths: Iterable<StorePath>): void {
    const fresh = [...paths].filter((path) => !this.parts.tempRoots.has(path));
    if (this.readOnly || fresh.length === 0) return;
    this.#writing(() => this.parts.guard.during(() => this.parts.tempRoots.add(fresh)));
  }

  // Roots.

  /**
   * Makes `link`, an absolute path, a link to a valid path that keeps it alive. Below the state folder's `gcroots` and
   * `profiles` it is a root by its place, elsewhere for as long as it is there.
   */
  addPermanentRoot(link: string, path: StorePath): void {
    this.addTempRoot(path);
    if (!this.isValid(path)) throw notValid(path);
    this.#writing(() => {
      this.flush();
      makeRoot(this.parts.layout, link, path);
    });
  }

  /** Makes a link into the store, which stands anywhere, a root for as long as it is there. */
  addIndirectRoot(link: string): void {
    this.#writing(() => makeIndirectRoot(this.parts.layout, link));
  }

  /** May be called again. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      this.flush();
    } finally {
      this.parts.tempRoots.close();
      this.parts.guard.close();
      this.parts.database.close();
    }
  }

  /** Throws `StoreError` `store/read-only`. */
  requireWritable(): void {
    if (!this.readOnly) return;
    throw new StoreError('store/read-only', `the store at '${this.realStoreDir}' was opened for reading only`);
  }

  /** Runs what changes the store. */
  #writing<T>(work: () => T): T {
    this.requireWritable();
    return translatingErrors(ownFolders(this.parts.layout), work);
  }
}

/** Copies as much as there is room for. */
function copyInto(target: Buffer, at: number, chunk: Uint8Array): number {
  const part = chunk.subarray(0, target.length - at);
  target.set(part, at);
  return part.length;
}
