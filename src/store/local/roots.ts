/**
 * What keeps paths alive: links below `gcroots` and `profiles`, links elsewhere that a link in `gcroots/auto` points
 * at, and what running processes need.
 */
import * as fs from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { errnoOf } from '../../base/errors.ts';
import { makeFolders } from '../../base/folders.ts';
import { symlinkAtomic } from '../../base/fs-atomic.ts';
import { formatHash, hashBytes, isStorePath, type StorePath, splitStorePath } from '../../formats/index.ts';
import { StoreError } from '../errors.ts';
import type { Layout } from './layout.ts';
import { processRoots } from './process-roots.ts';
import { readTempRoots } from './temp-roots.ts';

export type RootKind = 'permanent' | 'profile' | 'indirect' | 'temporary' | 'process';

export interface RootReason {
  readonly kind: RootKind;
  /** The link, or the process as `pid N` or the file below `/proc` that names the path. */
  readonly from: string;
}

export interface Roots {
  /** Paths need not be valid: temporary roots are taken before a path is made. */
  readonly reasons: ReadonlyMap<StorePath, readonly RootReason[]>;
  /** Links in `gcroots/auto` whose link elsewhere is gone. */
  readonly stale: readonly string[];
}

/** All roots of the store at `layout`. Links that cannot be read are left aside, as links to nowhere are. */
export function findRoots(layout: Layout, options: { readonly processes: boolean }): Roots {
  const search = new RootSearch(layout);
  search.folder(layout.gcRootsDir, 'permanent');
  search.folder(layout.profilesDir, 'profile');
  for (const [path, pids] of readTempRoots(layout.tempRootsDir)) {
    for (const pid of pids) search.found(path, { kind: 'temporary', from: `pid ${pid}` });
  }
  if (options.processes) {
    for (const [path, files] of processRoots(layout)) {
      for (const from of files) search.found(path, { kind: 'process', from });
    }
  }
  return search;
}

class RootSearch implements Roots {
  readonly reasons = new Map<StorePath, RootReason[]>();
  readonly stale: string[] = [];
  readonly #layout: Layout;

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  folder(folder: string, kind: RootKind): void {
    for (const entry of readable(() => fs.readdirSync(folder, { withFileTypes: true })) ?? []) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) this.folder(path, kind);
      else if (entry.isSymbolicLink()) this.#link(path, kind);
      else if (entry.isFile()) this.found(join(this.#layout.storeDir, entry.name), { kind, from: path });
    }
  }

  found(path: string, reason: RootReason): void {
    if (!isStorePath(this.#layout.storeDir, path)) return;
    const known = this.reasons.get(path);
    if (known === undefined) this.reasons.set(path, [reason]);
    else known.push(reason);
  }

  /** A link into the store, or a link to such a link. */
  #link(link: string, kind: RootKind): void {
    const target = readable(() => fs.readlinkSync(link));
    if (target === undefined) return;
    const path = storePathOf(this.#layout, target);
    if (path !== undefined) {
      this.found(path, { kind, from: link });
      return;
    }
    const next = resolve(dirname(link), target);
    const second = readable(() => fs.readlinkSync(next));
    const indirect = second === undefined ? undefined : storePathOf(this.#layout, second);
    if (indirect !== undefined) this.found(indirect, { kind: kind === 'permanent' ? 'indirect' : kind, from: next });
    else if (dirname(link) === this.#layout.autoRootsDir && isGone(next)) this.stale.push(link);
  }
}

/** The store path that a path lies in, whether it says where the store is or where it stands for its programs. */
export function storePathOf(layout: Layout, path: string): StorePath | undefined {
  const logical = path.startsWith(`${layout.realStoreDir}/`)
    ? `${layout.storeDir}${path.slice(layout.realStoreDir.length)}`
    : path;
  return splitStorePath(layout.storeDir, logical)?.path;
}

/**
 * Makes `link`, an absolute path, a link to a store path, replacing a link into the store that is there. Below
 * `gcroots` and `profiles` that is a root; elsewhere an indirect root is made for it.
 *
 * Throws `StoreError` `store/root-in-the-way`.
 */
export function makeRoot(layout: Layout, link: string, path: StorePath): void {
  checkPlace(layout, link);
  makeFolders(dirname(link));
  symlinkAtomic(path, link);
  const own = [layout.gcRootsDir, layout.profilesDir].some((folder) => link.startsWith(`${folder}/`));
  if (!own) makeIndirectRoot(layout, link);
}

/** Makes a link that stands anywhere, or will, a root for as long as it is there. */
export function makeIndirectRoot(layout: Layout, link: string): void {
  if (!isAbsolute(link)) throw inTheWay(link, 'is not an absolute path');
  const name = formatHash(hashBytes('sha1', Buffer.from(link)), 'nix32');
  makeFolders(layout.autoRootsDir);
  symlinkAtomic(link, join(layout.autoRootsDir, name));
}

function checkPlace(layout: Layout, link: string): void {
  if (!isAbsolute(link)) throw inTheWay(link, 'is not an absolute path');
  if (link.startsWith(`${layout.realStoreDir}/`)) throw inTheWay(link, 'is in the store');
  const state = fs.lstatSync(link, { throwIfNoEntry: false });
  if (state === undefined) return;
  if (!state.isSymbolicLink()) throw inTheWay(link, 'exists and is not a link');
  if (storePathOf(layout, fs.readlinkSync(link)) === undefined) throw inTheWay(link, 'is a link to something else');
}

function inTheWay(link: string, what: string): StoreError {
  return new StoreError('store/root-in-the-way', `cannot make the root '${link}': it ${what}`, {
    hint: 'remove it, or choose another name',
    details: { link },
  });
}

function isGone(path: string): boolean {
  return readable(() => fs.lstatSync(path, { throwIfNoEntry: false }) === undefined) === true;
}

/** Undefined where there is nothing to read, or nothing that we may read. */
function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOENT' || errno === 'EACCES' || errno === 'ENOTDIR' || errno === 'EINVAL') return undefined;
    throw error;
  }
}
