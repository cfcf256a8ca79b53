/**
 * Files as a program sees them. Below the store's folder a path is looked up in what this evaluation has added, then
 * where the store physically is, then as it stands; every other path is the disk's. What was found is remembered:
 * one evaluation sees one state of the world.
 */
import { bytesOf, compareBytes } from '../base/bytes.ts';
import { errnoOf } from '../base/errors.ts';
import { type FileKind, HostError } from '../lang/index.ts';
import type { Access } from './access.ts';
import { type Disk, disk, type Entry, type OpenFile } from './disk.ts';
import type { Overlay, OverlaySource } from './overlay.ts';

/** Where the bytes of a path are. */
export type Located =
  | { readonly at: 'disk'; readonly path: string; readonly within?: OverlaySource; readonly rest: string }
  | { readonly at: 'memory'; readonly content: string }
  | { readonly at: 'nowhere' };

type DirectoryEntries = readonly Entry[];

export class FileView {
  readonly #overlay: Overlay;
  /** The store's folder on disk; undefined for a store that keeps nothing. */
  readonly #realStoreDir: string | undefined;
  readonly #access: Access;
  readonly #kinds = new Map<string, FileKind | undefined>();
  readonly #directories = new Map<string, DirectoryEntries>();

  readonly #cwd: string;
  readonly #disk: Disk;

  constructor(overlay: Overlay, realStoreDir: string | undefined, access: Access, cwd = '/', plain = disk) {
    this.#overlay = overlay;
    this.#realStoreDir = realStoreDir;
    this.#access = access;
    this.#cwd = cwd;
    this.#disk = plain;
  }

  /** The place of a logical path, without following links and without asking whether anything is there. */
  locate(path: string): Located {
    const { storeDir } = this.#overlay;
    if (!path.startsWith(storeDir) || path.charCodeAt(storeDir.length) !== 47) return { at: 'disk', path, rest: '' };
    const slash = path.indexOf('/', storeDir.length + 1);
    const top = slash === -1 ? path : path.slice(0, slash);
    const rest = slash === -1 ? '' : path.slice(slash);
    const entry = this.#overlay.get(top);
    if (entry?.kind === 'text') return rest === '' ? { at: 'memory', content: entry.content } : { at: 'nowhere' };
    if (entry?.kind === 'source') return this.#locateInSource(entry, rest);
    if (this.#realStoreDir === undefined || this.#realStoreDir === storeDir) return { at: 'disk', path, rest };
    const physical = this.#realStoreDir + path.slice(storeDir.length);
    return this.#existsOnDisk(this.#realStoreDir + top.slice(storeDir.length))
      ? { at: 'disk', path: physical, rest }
      : { at: 'disk', path, rest };
  }

  #locateInSource(source: OverlaySource, rest: string): Located {
    if (rest !== '' && source.included?.has(rest) === false) return { at: 'nowhere' };
    const origin = this.locate(source.origin + rest);
    return origin.at === 'disk' ? { ...origin, within: source, rest } : origin;
  }

  readonly #onDisk = new Set<string>();
  #existsOnDisk(path: string): boolean {
    if (this.#onDisk.has(path)) return true;
    const found = this.#kindOnDisk(path) !== undefined;
    if (found) this.#onDisk.add(path);
    return found;
  }

  kindOf(path: string): FileKind | undefined {
    if (!this.#access.isAllowed(path)) return undefined;
    const known = this.#kinds.get(path);
    if (known !== undefined || this.#kinds.has(path)) return known;
    const located = this.locate(path);
    const kind =
      located.at === 'disk' ? this.#kindOnDisk(located.path) : located.at === 'memory' ? 'regular' : undefined;
    // What is missing from the store may be built before the next look.
    if (kind !== undefined || !path.startsWith(this.#overlay.storeDir)) this.#kinds.set(path, kind);
    return kind;
  }

  #kindOnDisk(path: string): FileKind | undefined {
    return attempt(path, () => this.#disk.kindOf(path));
  }

  readFile(path: string): Uint8Array {
    const real = this.realPath(path);
    const located = this.locate(real);
    if (located.at === 'memory') return bytesOf(located.content);
    if (located.at === 'nowhere') throw missing(real);
    return attempt(real, () => this.#disk.readFile(located.path));
  }

  /** Opens a file that `locate` found on the disk. */
  open(located: Located & { at: 'disk' }): OpenFile {
    return this.#disk.open(located.path);
  }

  readLink(path: string): string {
    this.#access.check(path);
    const located = this.locate(path);
    if (located.at !== 'disk') throw located.at === 'nowhere' ? missing(path) : notALink(path);
    return attempt(path, () => this.#disk.readLink(located.path));
  }

  readDir(path: string): DirectoryEntries {
    const real = this.realPath(path);
    let entries = this.#directories.get(real);
    if (entries === undefined) {
      entries = this.#list(real);
      this.#directories.set(real, entries);
    }
    return entries;
  }

  #list(path: string): DirectoryEntries {
    const located = this.locate(path);
    if (located.at === 'nowhere') throw missing(path);
    if (located.at === 'memory') throw notADirectory(path);
    const included = located.within?.included;
    const found = attempt(path, () => this.#disk.list(located.path));
    const entries = found.filter(
      ([name]) =>
        included?.has(`${located.rest}/${name}`) !== false &&
        this.#access.isAllowed(`${path === '/' ? '' : path}/${name}`),
    );
    return entries.sort((a, b) => compareBytes(a[0], b[0]));
  }

  /**
   * Resolves every symbolic link, seeing each step with the program's eyes. All components must exist. A relative
   * path, as search paths may hold, is below the folder that the evaluation was started in.
   */
  realPath(path: string): string {
    const pending = (path.startsWith('/') ? path : `${this.#cwd}/${path}`).split('/').reverse();
    let resolved = '';
    for (let followed = 0; pending.length > 0; ) {
      const name = pending.pop()!;
      if (name === '' || name === '.') continue;
      if (name === '..') {
        resolved = resolved.slice(0, Math.max(0, resolved.lastIndexOf('/')));
        continue;
      }
      const next = `${resolved}/${name}`;
      if (this.kindOf(next) !== 'symlink') {
        resolved = next;
        continue;
      }
      if (++followed > 1024) throw tooManyLinks(path);
      const target = this.readLink(next);
      if (target.startsWith('/')) resolved = '';
      pending.push(...target.split('/').reverse());
    }
    if (resolved === '') resolved = '/';
    this.#access.check(resolved);
    if (this.kindOf(resolved) === undefined) throw missing(resolved);
    return resolved;
  }
}

/** Runs a file operation; what it fails with is told in the words that Nix uses. */
export function attempt<T>(path: string, operation: () => T): T {
  try {
    return operation();
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOENT') throw missing(path);
    if (errno === 'ENOTDIR') throw notADirectory(path);
    if (errno === 'EINVAL') throw notALink(path);
    if (errno === 'EISDIR') throw new HostError('host/io', 'read of 4096 bytes: Is a directory', { details: { path } });
    const text = error instanceof Error ? error.message : String(error);
    throw new HostError('host/io', `cannot read '${path}': ${text.replace(/^\w+: |, \w+ '.*'$/g, '')}`, {
      cause: error,
      details: { path, errno },
    });
  }
}

function missing(path: string): HostError {
  return new HostError('host/missing', `path '${path}' does not exist`, { details: { path } });
}

function notADirectory(path: string): HostError {
  return new HostError('host/io', `cannot read directory "${path}": Not a directory`, { details: { path } });
}

function notALink(path: string): HostError {
  return new HostError('host/io', `file '${path}' is not a symlink`, { details: { path } });
}

function tooManyLinks(path: string): HostError {
  return new HostError('host/io', `too many symbolic links encountered while traversing the path '${path}'`, {
    details: { path },
  });
}
