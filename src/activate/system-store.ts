/** A built system as activation sees it: its manifest, and the store's files behind it. Reads only. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from '../base/errors.ts';
import { type StorePath, splitStorePath } from '../formats/index.ts';
import type { Store } from '../store/index.ts';
import { ActivateError } from './errors.ts';
import { type Manifest, manifestFileName, parseManifest } from './manifest.ts';
import { digestFile } from './observe.ts';

/** A store whose files are on this machine. */
export interface SystemStore extends Store {
  /** Where a store path physically is. */
  realPath(path: StorePath): string;
}

export type SourceState =
  | {
      readonly kind: 'file';
      readonly digest: string;
      readonly size: number;
      readonly executable: boolean;
      /** The source itself, where the path asked for led through links. */
      readonly path: string;
    }
  | { readonly kind: 'directory'; readonly entries: readonly string[] }
  | { readonly kind: 'symlink'; readonly target: string };

/** The files of a store by their logical paths. */
export class StoreFiles {
  readonly #store: SystemStore;
  /** Real paths of store paths that were asked for: their number is small, and questions about them are many. */
  readonly #real = new Map<StorePath, string>();
  readonly #seen = new Map<string, SourceState>();

  constructor(store: SystemStore) {
    this.#store = store;
  }

  /**
   * The physical path of a logical one; links on the way are taken as they stand.
   * @throws ActivateError `activate/unresolvable` when it is not in the store
   */
  physical(path: string): string {
    const split = splitStorePath(this.#store.storeDir, path);
    const real = split && this.#realPath(split.path);
    if (split === undefined || real === undefined) {
      throw new ActivateError('activate/unresolvable', `'${path}' is not in the store`, { details: { path } });
    }
    return split.rest === '' ? real : join(real, split.rest);
  }

  /** Undefined for a path that is not valid. */
  #realPath(path: StorePath): string | undefined {
    const known = this.#real.get(path);
    if (known !== undefined) return known;
    if (!this.#store.isValid(path)) return undefined;
    const real = this.#store.realPath(path);
    this.#real.set(path, real);
    return real;
  }

  /** What is at a logical path itself. What is in the store does not change: it is looked at once. */
  at(path: string): SourceState {
    const known = this.#seen.get(path);
    if (known !== undefined) return known;
    const state = this.#look(path);
    this.#seen.set(path, state);
    return state;
  }

  #look(path: string): SourceState {
    const physical = this.physical(path);
    try {
      const stat = fs.lstatSync(physical);
      if (stat.isSymbolicLink()) return { kind: 'symlink', target: fs.readlinkSync(physical) };
      if (stat.isDirectory()) return { kind: 'directory', entries: fs.readdirSync(physical).sort() };
      return { kind: 'file', ...digestFile(physical), executable: (stat.mode & 0o111) !== 0, path };
    } catch (error) {
      const errno = errnoOf(error);
      if (errno !== 'ENOENT' && errno !== 'ENOTDIR') throw error;
      throw new ActivateError('activate/unresolvable', `there is no '${path}'`, { details: { path }, cause: error });
    }
  }

  /** What a logical path leads to, links on the way and at its end followed within the store. */
  follow(path: string): { readonly path: string; readonly state: Exclude<SourceState, { kind: 'symlink' }> } {
    let here = path;
    for (let links = 0; links < 40; links++) {
      const link = this.#firstLink(here);
      if (link === undefined) return { path: here, state: this.at(here) as Exclude<SourceState, { kind: 'symlink' }> };
      here = join(link.target.startsWith('/') ? '/' : join(link.at, '..'), link.target, link.rest);
    }
    throw new ActivateError('activate/unresolvable', `links go round in circles at '${path}'`, { details: { path } });
  }

  /** The outermost link on a path in the store: where it is, what it says, and what follows. */
  #firstLink(path: string): { at: string; target: string; rest: string } | undefined {
    const split = splitStorePath(this.#store.storeDir, path);
    this.physical(path);
    const parts = split!.rest.split('/').filter((part) => part !== '');
    for (let count = 0; count <= parts.length; count++) {
      const at = [split!.path, ...parts.slice(0, count)].join('/');
      const target = readLink(this.physical(at));
      if (target !== undefined) return { at, target, rest: parts.slice(count).join('/') };
    }
    return undefined;
  }

  /** The text of a file. */
  readText(path: string): string {
    return fs.readFileSync(this.physical(path), 'utf8');
  }
}

/** Undefined for what is no link: asked first, since an error takes far longer to make than a question. */
function readLink(physical: string): string | undefined {
  const isLink = fs.lstatSync(physical, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  return isLink ? fs.readlinkSync(physical) : undefined;
}

/**
 * The manifest of a built system.
 * @throws ActivateError `activate/manifest` when there is none, or none that can be used
 */
export function readManifest(store: SystemStore, system: StorePath): Manifest {
  const path = `${system}/${manifestFileName}`;
  let text: string;
  try {
    text = new StoreFiles(store).readText(path);
  } catch (error) {
    throw new ActivateError('activate/manifest', `'${system}' is not a system: it has no ${manifestFileName}`, {
      details: { path: system },
      hint: 'build a machine: `sysbuild.machine ./machine.nix`',
      cause: error,
    });
  }
  return parseManifest(text, store.storeDir, system);
}
