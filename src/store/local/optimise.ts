/**
 * Shares equal files: each is replaced by a hard link to one file in \`.links\`, whose name is the hash of its
 * archive, so that executable and other files are kept apart. Only contents are shared, never directories or links.
 */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { errnoOf } from '../../base/errors.ts';
import { Activity } from '../../base/events.ts';
import { faultPoint } from '../../base/fault.ts';
import { temporaryName } from '../../base/fs-atomic.ts';
import { formatHash, type StorePath } from '../../formats/index.ts';
import { linkNames } from './links.ts';
import { hashTree } from './nar.ts';
import { type Parts, realPathIn } from './parts.ts';
import { native, rawPathOf } from './raw-path.ts';
import { entriesOf } from './tree-events.ts';
import { storeTime } from './tree-writer.ts';

export interface OptimiseResult {
  /** Files that were replaced by links. */
  readonly linked: number;
  /** Bytes of their contents. */
  readonly freed: number;
  /** Files that could not be shared, with the reason; they stay as they were. */
  readonly skipped: readonly { readonly file: string; readonly reason: string }[];
}

/** Paths for which a collection has to wait at once. */
const groupSize = 100;

export async function optimise(parts: Parts): Promise<OptimiseResult> {
  const run = new Optimiser(parts);
  const paths = parts.queries.allPaths();
  const activity = new Activity(parts.sink, 'optimise', parts.layout.realStoreDir);
  for (let at = 0; at < paths.length; at += groupSize) {
    activity.progress(at, paths.length, 'items');
    parts.guard.during(() => run.share(paths.slice(at, at + groupSize)));
    await breathe();
  }
  activity.stop(true);
  return run;
}

class Optimiser implements OptimiseResult {
  linked = 0;
  freed = 0;
  readonly skipped: { file: string; reason: string }[] = [];
  readonly #parts: Parts;
  /** Inodes that are shared already. */
  readonly #shared = new Set<number>();

  constructor(parts: Parts) {
    this.#parts = parts;
    const { linksDir } = parts.layout;
    for (const name of linkNames(linksDir)) this.#shared.add(fs.lstatSync(join(linksDir, name)).ino);
  }

  /** Paths that were collected meanwhile are passed over. */
  share(paths: readonly StorePath[]): void {
    for (const path of paths) {
      if (this.#parts.queries.idOf(path) === undefined) continue;
      this.#node(rawPathOf(realPathIn(this.#parts.layout, path)), undefined);
    }
  }

  #node(rawPath: string, parent: string | undefined): void {
    const state = fs.lstatSync(native(rawPath), { throwIfNoEntry: false });
    if (state?.isDirectory()) for (const [name] of entriesOf(rawPath)) this.#node(`${rawPath}/${name}`, rawPath);
    else if (state?.isFile() && !this.#shared.has(state.ino)) this.#file(rawPath, state, parent);
  }

  #file(rawPath: string, state: fs.Stats, parent: string | undefined): void {
    if ((state.mode & 0o222) !== 0) {
      this.#skip(rawPath, 'it is writable, and may have been changed');
      return;
    }
    const shared = join(this.#parts.layout.linksDir, formatHash(hashTree(rawPath).hash, 'nix32'));
    try {
      if (!this.#offer(rawPath, state, shared)) this.#replace(rawPath, state, shared, parent);
    } catch (error) {
      const reason = reasonOf(error);
      if (reason === undefined) throw error;
      this.#skip(rawPath, reason);
    }
  }

  /** Makes this file the shared one where there is none; one of another size was damaged, and is given up. */
  #offer(rawPath: string, state: fs.Stats, shared: string): boolean {
    const found = fs.lstatSync(shared, { throwIfNoEntry: false });
    if (found !== undefined && found.size !== state.size) fs.rmSync(shared);
    else if (found !== undefined) return found.ino === state.ino;
    try {
      fs.linkSync(native(rawPath), shared);
      this.#shared.add(state.ino);
      return true;
    } catch (error) {
      if (errnoOf(error) === 'EEXIST') return false;
      throw error;
    }
  }

  /** One rename: the path has the file at every moment. */
  #replace(rawPath: string, state: fs.Stats, shared: string, parent: string | undefined): void {
    const temporary = temporaryName(this.#parts.layout.realStoreDir);
    fs.linkSync(shared, temporary);
    faultPoint('optimise/linked');
    try {
      if (parent !== undefined) fs.chmodSync(native(parent), 0o755);
      faultPoint('optimise/opened');
      fs.renameSync(temporary, native(rawPath));
      faultPoint('optimise/renamed');
    } finally {
      fs.rmSync(temporary, { force: true });
      if (parent !== undefined) restore(parent);
    }
    this.linked += 1;
    this.freed += state.nlink === 1 ? state.size : 0;
  }

  #skip(rawPath: string, reason: string): void {
    this.skipped.push({ file: rawPath, reason });
  }
}

function restore(directory: string): void {
  fs.chmodSync(native(directory), 0o555);
  fs.utimesSync(native(directory), storeTime, storeTime);
}

/** Why a file stays unshared; undefined for errors that must not be passed over. */
function reasonOf(error: unknown): string | undefined {
  switch (errnoOf(error)) {
    case 'EMLINK':
      return 'its contents have as many links as the file system allows';
    case 'ENOSPC':
      return 'there is no room for another link';
    case 'EXDEV':
      return 'it is on another file system';
    case 'EPERM':
      return 'the file system does not allow links to it';
    default:
      return undefined;
  }
}
