/**
 * Receives many paths from elsewhere: their trees are written into a folder of our own while other processes go on,
 * and become valid together once each of them was checked. Until then nothing of them is in the store.
 *
 * The folder is `tmp-…` in the store's folder and is locked: collections, Nix's too, leave it alone as long as this
 * process runs, so `gc.lock` is not held while a network is waited for.
 */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from '../../base/errors.ts';
import { faultPoint } from '../../base/fault.ts';
import { type FileLock, tryLockDirectory } from '../../base/file-lock.ts';
import { FormatError, type StorePath } from '../../formats/index.ts';
import { checkContentAddress } from '../content-address.ts';
import { referenceNotValid, StoreError } from '../errors.ts';
import type { PathInfo, Provenance, Realisation } from '../store.ts';
import { derivationAt } from './add-nar.ts';
import { makeDurable, syncStoreFolder } from './durable.ts';
import { type Parts, realPathIn } from './parts.ts';
import { lockPaths } from './path-locks.ts';
import { place } from './place.ts';
import { registerRealisations } from './realisations.ts';
import { register } from './register.ts';
import { removeTree } from './remove-tree.ts';
import { storeTime } from './tree-writer.ts';
import { type WrittenNar, writeNar } from './write-nar.ts';

/** A tree that is whole and checked, at a place of its own. */
export interface ReceivedTree extends WrittenNar {
  readonly place: string;
}

export interface ReceivedPath {
  readonly info: PathInfo;
  readonly tree: ReceivedTree;
  readonly provenance?: Provenance | undefined;
}

export class Reception {
  readonly #parts: Parts;
  #folder: { readonly path: string; readonly lock: FileLock } | undefined;
  #count = 0;

  /** @param parts of a store that is open for writing */
  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Writes the tree of an archive. With `expected`, throws `StoreError` `store/hash-mismatch` or
   * `store/content-address-mismatch` where it is something else.
   */
  async receive(nar: AsyncIterable<Uint8Array>, expected?: PathInfo): Promise<ReceivedTree> {
    if (expected !== undefined) checkContentAddress(this.#parts.layout.storeDir, expected);
    this.#count += 1;
    const target = join(this.#open(), String(this.#count));
    try {
      const written = await writeNar(nar, target, expected);
      faultPoint('reception/written');
      if (expected !== undefined) this.checkDerivation(expected.path, target);
      return { ...written, place: target };
    } catch (error) {
      removeTree(target);
      throw error;
    }
  }

  /** Throws `StoreError` `store/not-a-derivation` for a path that ends in `.drv` and is something else. */
  checkDerivation(path: StorePath, place: string): void {
    try {
      derivationAt(this.#parts, { path }, place);
    } catch (error) {
      if (!(error instanceof FormatError) && errnoOf(error) === undefined) throw error;
      throw new StoreError('store/not-a-derivation', `'${path}' is named as a derivation, and holds none`, {
        details: { path },
        cause: error,
      });
    }
  }

  /** Forgets a tree. */
  discard(tree: ReceivedTree): void {
    removeTree(tree.place);
  }

  /**
   * Makes all of these paths valid, or none. Their references must be valid or among them. What was made valid
   * by others meanwhile stays as it is. Returns those that became valid here.
   */
  commit(received: readonly ReceivedPath[], realisations: readonly Realisation[] = []): Promise<StorePath[]> {
    const { guard, tempRoots, queries, layout } = this.#parts;
    return guard.duringAsync(async () => {
      tempRoots.add(received.flatMap(({ info }) => [info.path, ...info.references]));
      const missing = (): ReceivedPath[] => {
        const valid = queries.validAmong(received.map(({ info }) => info.path));
        return received.filter(({ info }) => !valid.has(info.path));
      };
      const locks = await lockPaths(missing().map(({ info }) => realPathIn(layout, info.path)));
      try {
        return this.#place(missing(), realisations);
      } finally {
        locks.release();
        for (const { tree } of received) removeTree(tree.place);
      }
    });
  }

  /** Removes what was received and not committed. */
  close(): void {
    const folder = this.#folder;
    if (folder === undefined) return;
    this.#folder = undefined;
    removeTree(folder.path);
    folder.lock.release();
  }

  #place(received: readonly ReceivedPath[], realisations: readonly Realisation[]): StorePath[] {
    const { layout, database, queries } = this.#parts;
    this.#checkReferences(received);
    const placed = received.map(({ info, tree }) => {
      const realPath = realPathIn(layout, info.path);
      moveTree(tree.place, realPath);
      faultPoint('reception/renamed');
      return realPath;
    });
    makeDurable(this.#parts, placed);
    faultPoint('reception/durable');
    syncStoreFolder(this.#parts);
    faultPoint('reception/names-durable');
    const registrations = received.map(({ info, provenance }, index) => ({
      info,
      provenance,
      derivation: derivationAt(this.#parts, info, placed[index]!),
    }));
    database.transaction(() => {
      register(this.#parts, registrations);
      registerRealisations(queries, realisations);
    });
    faultPoint('reception/registered');
    return received.map(({ info }) => info.path);
  }

  /** Before anything is moved: registering would refuse them too, but then the trees would lie about. */
  #checkReferences(received: readonly ReceivedPath[]): void {
    const together = new Set(received.map(({ info }) => info.path));
    const others = received.flatMap(({ info }) => info.references.filter((path) => !together.has(path)));
    const valid = this.#parts.queries.validAmong(others);
    for (const { info } of received) {
      const dangling = info.references.find((path) => !together.has(path) && !valid.has(path));
      if (dangling !== undefined) throw referenceNotValid(info.path, dangling);
    }
  }

  /** The folder, made and locked when it is first needed. */
  #open(): string {
    this.#folder ??= this.#parts.guard.during(() => {
      for (;;) {
        const path = fs.mkdtempSync(join(this.#parts.layout.realStoreDir, `tmp-${process.pid}-`));
        const lock = tryLockDirectory(path);
        if (lock !== undefined) return { path, lock };
      }
    });
    return this.#folder.path;
  }
}

/** A directory can be moved into another one only by who may write it: it is opened for the moment. */
function moveTree(from: string, to: string): void {
  const isDirectory = fs.lstatSync(from).isDirectory();
  if (isDirectory) fs.chmodSync(from, 0o755);
  place(from, to);
  if (!isDirectory) return;
  fs.chmodSync(to, 0o555);
  fs.utimesSync(to, storeTime, storeTime);
}
