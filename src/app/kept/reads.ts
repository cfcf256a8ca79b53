/** Everything that an evaluation looked at, and what it saw: as plain data, to be compared with the present. */
import { byteString } from '../../base/bytes.ts';
import { type Disk, disk, type Entry } from '../disk.ts';
import { type Stamp, stampAt, stampOf } from './stamp.ts';

/** Seen content: a stamp, and a hash for when the stamp does not do; without a hash, another stamp is a change. */
export type Seen = readonly [path: string, stamp: Stamp, hash: string];

export interface Reads {
  /** Paths and their kinds, `''` where nothing was. */
  readonly kinds: readonly (readonly [path: string, kind: string])[];
  readonly files: readonly Seen[];
  readonly folders: readonly Seen[];
  /** Files of which more than the content matters, and nothing is known but the stamp. */
  readonly sources: readonly (readonly [path: string, stamp: Stamp])[];
  readonly links: readonly (readonly [path: string, target: string])[];
  /** Null for a variable that was not set. */
  readonly variables: readonly (readonly [name: string, value: string | null])[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Hashing is loaded when a stamp does not do: node takes as long for that as for all the rest of a lookup. */
function hash(data: Uint8Array | string): string {
  return process.getBuiltinModule('node:crypto').hash('sha256', data, 'base64');
}

/** Small content is its own hash. */
export function hashOfContent(bytes: Uint8Array): string {
  return bytes.length <= 64 ? `=${byteString(bytes)}` : hash(bytes);
}

export function hashOfEntries(entries: readonly Entry[]): string {
  const lines = entries.map(([name, kind]) => `${name}\0${kind}\0`);
  return hash(lines.sort().join(''));
}

/**
 * The same reads, if every one of them would see the same again, and undefined if one would not. Where a stamp had to
 * be made up for by comparing content, the new reads have the stamp of today.
 */
export function recheck(reads: Reads, env: Environment): Reads | undefined {
  const same =
    reads.variables.every(([name, seen]) => (env[name] ?? null) === seen) &&
    reads.kinds.every(([path, kind]) => attempt(() => disk.kindOf(path) ?? '') === kind) &&
    reads.links.every(([path, target]) => attempt(() => disk.readLink(path)) === target) &&
    reads.sources.every(([path, stamp]) => stamp !== '' && attempt(() => stampAt(path, 'file')) === stamp);
  if (!same) return undefined;
  const files = recheckAll('file', reads.files, (path) => hashOfContent(disk.readFile(path)));
  const folders = files && recheckAll('folder', reads.folders, (path) => hashOfEntries(disk.list(path)));
  if (files === undefined || folders === undefined) return undefined;
  return files === reads.files && folders === reads.folders ? reads : { ...reads, files, folders };
}

/** The same array when every stamp was right. */
function recheckAll(
  kind: 'file' | 'folder',
  all: readonly Seen[],
  look: (path: string) => string,
): readonly Seen[] | undefined {
  let changed: Seen[] | undefined;
  for (const [index, [path, stamp, content]] of all.entries()) {
    const now = attempt(() => stampAt(path, kind));
    if (now === undefined) return undefined;
    if (now !== '' && now === stamp) continue;
    if (content === '' || attempt(() => look(path)) !== content) return undefined;
    changed ??= [...all];
    changed[index] = [path, now, content];
  }
  return changed ?? all;
}

/** Undefined when it cannot be read, or is no longer what it was. */
function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

/** Notes reads as they happen. What cannot be compared later spoils the whole. */
export class ReadLog {
  readonly #kinds = new Map<string, string>();
  readonly #files = new Map<string, Seen>();
  readonly #folders = new Map<string, Seen>();
  readonly #sources = new Map<string, Stamp>();
  /** What was in the folders. */
  readonly #entries = new Map<string, readonly Entry[]>();
  readonly #links = new Map<string, string>();
  readonly #variables = new Map<string, string | null>();
  #spoiled = false;

  /** To be called for what depends on more than can be noted: the time, the network, the store's database. */
  spoil(): void {
    this.#spoiled = true;
  }

  /** Undefined when they cannot be compared with the present later. */
  get reads(): Reads | undefined {
    if (this.#spoiled) return undefined;
    return {
      kinds: this.#kindsAlone(),
      files: [...this.#files.values()],
      folders: [...this.#folders.values()],
      sources: [...this.#sources],
      links: [...this.#links],
      variables: [...this.#variables],
    };
  }

  /** Those that are no part of what is looked at anyway: a stamp is one of a file or folder, a listing tells kinds. */
  #kindsAlone(): (readonly [string, string])[] {
    const listed = new Map<string, ReadonlyMap<string, string>>();
    return [...this.#kinds].filter(([path, kind]) => {
      if (kind === 'regular' && (this.#files.has(path) || this.#sources.has(path))) return false;
      if (kind === 'directory' && this.#folders.has(path)) return false;
      const slash = path.lastIndexOf('/');
      const folder = path.slice(0, slash);
      const entries = this.#entries.get(folder);
      if (entries === undefined) return true;
      const kinds = listed.get(folder) ?? new Map(entries);
      listed.set(folder, kinds);
      return (kinds.get(path.slice(slash + 1)) ?? '') !== kind;
    });
  }

  variable(name: string, value: string | undefined): void {
    this.#variables.set(name, value ?? null);
  }

  /** The same disk, every look at which is noted. */
  over(plain: Disk): Disk {
    return {
      kindOf: (path) =>
        this.#noted(
          this.#kinds,
          path,
          this.#try(() => plain.kindOf(path)),
          (kind) => kind ?? '',
        ),
      readLink: (path) =>
        this.#noted(
          this.#links,
          path,
          this.#try(() => plain.readLink(path)),
          byteTarget,
        ),
      readFile: (path) => {
        const stamp = this.#stamp(() => stampAt(path, 'file'));
        const bytes = this.#try(() => plain.readFile(path));
        return this.#content(this.#files, path, stamp, bytes, hashOfContent(bytes));
      },
      list: (path) => {
        const stamp = this.#stamp(() => stampAt(path, 'folder'));
        const entries = this.#try(() => plain.list(path));
        this.#entries.set(path, entries);
        // There are many, and what changes in one is mostly what was looked for: a hash is only for want of a stamp.
        return this.#content(this.#folders, path, stamp, entries, stamp === '' ? hashOfEntries(entries) : '');
      },
      open: (path) => {
        const file = this.#try(() => plain.open(path));
        const stamp = this.#stamp(() => stampOf(file.stats, path, 'file'));
        this.#sources.set(path, (this.#sources.get(path) ?? stamp) === stamp ? stamp : '');
        return file;
      },
    };
  }

  /** What has no stamp, as a pipe has none, can be read all the same, once. */
  #stamp(look: () => Stamp): Stamp {
    try {
      return look();
    } catch {
      this.#spoiled = true;
      return '';
    }
  }

  /** What fails may fail for reasons that are not on the disk. */
  #try<T>(look: () => T): T {
    try {
      return look();
    } catch (error) {
      this.#spoiled = true;
      throw error;
    }
  }

  #noted<T>(map: Map<string, string>, path: string, seen: T, print: (seen: T) => string): T {
    const text = print(seen);
    if ((map.get(path) ?? text) !== text) this.#spoiled = true; // it changed meanwhile
    map.set(path, text);
    return seen;
  }

  #content<T>(map: Map<string, Seen>, path: string, stamp: Stamp, seen: T, hashed: string): T {
    const before = map.get(path);
    if (before === undefined) map.set(path, [path, stamp, hashed]);
    else {
      const [, stamped, content] = before;
      const same = content === '' || hashed === '' ? stamped === stamp : content === hashed;
      if (!same) this.#spoiled = true; // it changed meanwhile
    }
    return seen;
  }
}

const byteTarget = (target: string): string => target;
