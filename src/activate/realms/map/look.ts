/**
 * What was where at the last look: the names in each folder, and one digest (XXH64, chained) of all that the kernel said
 * of them. Two looks are compared folder by folder, and only folders whose digests differ name by name. Kept as one
 * compressed text, of three fields for each folder, each ended by a zero byte:
 *
 *     FOLDER \0 DIGEST \0 NAME/NAME/… \0
 *
 * after a first line with the format and the time of the look. Pure, but for the digest's program (WebAssembly).
 */
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import xxhash, { type XXHashAPI } from 'xxhash-wasm';
import { type Entry, isWithin } from './entry.ts';

interface FolderLook {
  readonly digest: string;
  /** Joined by slashes, which no name has. */
  readonly names: string;
}

export interface Look {
  /** Milliseconds since 1970, when the look began. */
  readonly time: number;
  readonly folders: ReadonlyMap<string, FolderLook>;
}

interface OpenFolder {
  digest: bigint;
  readonly names: string[];
  /** Files that changed since the look before. */
  readonly fresh: string[];
}

let hasher: Promise<XXHashAPI> | undefined;

/** Makes a look of the entries of a walk. */
export class LookBuilder {
  readonly #hash: XXHashAPI;
  readonly #time: number;
  readonly #since: number;
  /** Folders that the walk is in or has left, and those that it is in. */
  readonly #done = new Map<string, FolderLook>();
  readonly #open: { readonly path: string; readonly folder: OpenFolder }[] = [];
  readonly #fresh = new Map<string, readonly string[]>();

  private constructor(hash: XXHashAPI, time: number, since: number) {
    this.#hash = hash;
    this.#time = time;
    this.#since = since;
  }

  /** @param since the time of the look before, 0 when there was none */
  static async create(time: number, since: number): Promise<LookBuilder> {
    hasher ??= xxhash();
    return new LookBuilder(await hasher, time, since);
  }

  add(entry: Entry, path: string): void {
    if (entry.path === '/') return;
    const last = this.#open.at(-1);
    const folder = last?.path === path ? last.folder : this.#enter(path);
    const name = entry.path.slice(path === '/' ? 1 : path.length + 1);
    folder.digest = this.#hash.h64(`${entry.stamp} ${name}`, folder.digest);
    folder.names.push(name);
    if (this.#since > 0 && entry.kind !== 'directory' && entry.changed >= this.#since) folder.fresh.push(name);
  }

  /** The look, and the files that changed since the one before. */
  finish(): { readonly look: Look; readonly fresh: ReadonlyMap<string, readonly string[]> } {
    while (this.#open.length > 0) this.#leave();
    return { look: { time: this.#time, folders: this.#done }, fresh: this.#fresh };
  }

  /** A walk goes depth first: folders that the new one is not in are left, and kept in little space. */
  #enter(path: string): OpenFolder {
    while (this.#open.length > 0 && !isWithin(path, this.#open.at(-1)!.path)) this.#leave();
    const last = this.#open.at(-1);
    if (last?.path === path) return last.folder;
    const before = this.#done.get(path);
    const names = before === undefined || before.names === '' ? [] : [before.names];
    const digest = before === undefined ? 0n : BigInt(`0x${before.digest}`);
    const folder: OpenFolder = { digest, names, fresh: [...(this.#fresh.get(path) ?? [])] };
    this.#open.push({ path, folder });
    return folder;
  }

  #leave(): void {
    const { path, folder } = this.#open.pop()!;
    this.#done.set(path, { digest: folder.digest.toString(16).padStart(16, '0'), names: folder.names.join('/') });
    if (folder.fresh.length > 0) this.#fresh.set(path, folder.fresh);
  }
}

export interface LookChanges {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Files that are there in both, and changed between. */
  readonly edited: readonly string[];
}

/** What differs between two looks, as paths. */
export function compareLooks(before: Look, after: Look, fresh: ReadonlyMap<string, readonly string[]>): LookChanges {
  const added: string[] = [];
  const removed: string[] = [];
  const edited: string[] = [];
  const prefix = (folder: string): string => (folder === '/' ? '/' : `${folder}/`);
  for (const [folder, now] of after.folders) {
    const then = before.folders.get(folder);
    if (then?.digest === now.digest) continue;
    const old = namesOf(then);
    const current = namesOf(now);
    for (const name of current) if (!old.has(name)) added.push(prefix(folder) + name);
    for (const name of old) if (!current.has(name)) removed.push(prefix(folder) + name);
    for (const name of fresh.get(folder) ?? []) if (old.has(name)) edited.push(prefix(folder) + name);
  }
  for (const [folder, then] of before.folders) {
    if (!after.folders.has(folder)) for (const name of namesOf(then)) removed.push(prefix(folder) + name);
  }
  return { added: added.sort(), removed: removed.sort(), edited: edited.sort() };
}

function namesOf(folder: FolderLook | undefined): Set<string> {
  return new Set(folder === undefined || folder.names === '' ? [] : folder.names.split('/'));
}

const format = 'sysbuild-look 1';

export function writeLook(look: Look): Uint8Array {
  const parts = [`${format} ${look.time}\n`];
  for (const [path, { digest, names }] of look.folders) parts.push(path, '\0', digest, '\0', names, '\0');
  return zstdCompressSync(Buffer.from(parts.join(''), 'latin1'));
}

/** Undefined for what is no look, or one of another version: the next look is then a first one. */
export function readLook(bytes: Uint8Array): Look | undefined {
  try {
    const text = zstdDecompressSync(bytes).toString('latin1');
    const end = text.indexOf('\n');
    const [name, version, time] = text.slice(0, end).split(' ');
    if (`${name} ${version}` !== format || !Number.isFinite(Number(time))) return undefined;
    const fields = text.slice(end + 1).split('\0');
    const folders = new Map<string, FolderLook>();
    for (let at = 0; at + 2 < fields.length; at += 3) {
      folders.set(fields[at]!, { digest: fields[at + 1]!, names: fields[at + 2]! });
    }
    return { time: Number(time), folders };
  } catch {
    return undefined;
  }
}
