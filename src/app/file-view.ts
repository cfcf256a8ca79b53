/**
 * Files as a program sees them. Below the store's folder a path is looked up in what this evaluation has added, then
 * where the store physically is, then as it stands; every other path is the disk's. What was found is remembered:
 * one evaluation sees one state of the world.
 */
import * as fs from 'node:fs';
import { byteString, bytesOf, compareBytes, isAscii } from '../base/bytes.ts';
import { errnoOf } from '../base/errors.ts';
import { type FileKind, HostError } from '../lang/index.ts';
import type { Access } from './access.ts';
import type { Overlay, OverlaySource } from './overlay.ts';

/** Where the bytes of a path are. */
export type Located =
  | { readonly at: 'disk'; readonly path: string; readonly within?: OverlaySource; readonly rest: string }
  | { readonly at: 'memory'; readonly content: string }
  | { readonly at: 'nowhere' };

type DirectoryEntries = readonly (readonly [name: string, kind: FileKind])[];

export class FileView {
  readonly #overlay: Overlay;
  /** The store's folder on disk; undefined for a store that keeps nothing. */
  readonly #realStoreDir: string | undefined;
  readonly #access: Access;
  readonly #kinds = new Map<string, FileKind | undefined>();
  readonly #directories = new Map<string, DirectoryEntries>();

  readonly #cwd: string;

  constructor(overlay: Overlay, realStoreDir: string | undefined, access: Access, cwd = '/') {
    this.#overlay = overlay;
    this.#realStoreDir = realStoreDir;
    this.#access = access;
    this.#cwd = cwd;
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
    const found = lstatKind(path) !== undefined;
    if (found) this.#onDisk.add(path);
    return found;
  }

  kindOf(path: string): FileKind | undefined {
    if (!this.#access.isAllowed(path)) return undefined;
    const known = this.#kinds.get(path);
    if (known !== undefined || this.#kinds.has(path)) return known;
    const located = this.locate(path);
    const kind = located.at === 'disk' ? lstatKind(located.path) : located.at === 'memory' ? 'regular' : undefined;
    // What is missing from the store may be built before the next look.
    if (kind !== undefined || !path.startsWith(this.#overlay.storeDir)) this.#kinds.set(path, kind);
    return kind;
  }

  readFile(path: string): Uint8Array {
    const real = this.realPath(path);
    const located = this.locate(real);
    if (located.at === 'memory') return bytesOf(located.content);
    if (located.at === 'nowhere') throw missing(real);
    return attempt(real, () => fs.readFileSync(osPath(located.path)));
  }

  readLink(path: string): string {
    this.#access.check(path);
    const located = this.locate(path);
    if (located.at !== 'disk') throw located.at === 'nowhere' ? missing(path) : notALink(path);
    return attempt(path, () => byteString(fs.readlinkSync(osPath(located.path), 'buffer')));
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
    const entries: (readonly [string, FileKind])[] = [];
    const found = attempt(path, () =>
      fs.readdirSync(osPath(located.path), { withFileTypes: true, encoding: 'latin1' }),
    );
    for (const entry of found) {
      if (included?.has(`${located.rest}/${entry.name}`) === false) continue;
      if (this.#access.isAllowed(`${path === '/' ? '' : path}/${entry.name}`))
        entries.push([entry.name, kindOfEntry(entry)]);
    }
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

/** A byte string as `node:fs` takes it: paths that are not ASCII go as bytes. */
export function osPath(path: string): string | Buffer {
  return isAscii(path) ? path : bytesOf(path);
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

function lstatKind(path: string): FileKind | undefined {
  try {
    const stats = fs.lstatSync(osPath(path), { throwIfNoEntry: false });
    return stats === undefined ? undefined : kindOfEntry(stats);
  } catch (error) {
    if (errnoOf(error) === 'ENOTDIR') return undefined;
    return attempt(path, () => {
      throw error;
    });
  }
}

function kindOfEntry(entry: { isFile(): boolean; isDirectory(): boolean; isSymbolicLink(): boolean }): FileKind {
  if (entry.isFile()) return 'regular';
  if (entry.isDirectory()) return 'directory';
  return entry.isSymbolicLink() ? 'symlink' : 'unknown';
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
