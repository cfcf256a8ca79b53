/** Reads a tree from disk as the events of an archive, no faster than they are taken; and what one is made of. */
import * as fs from 'node:fs';
import { byteString, toUnicode } from '../../base/bytes.ts';
import type { NarEvent } from '../../formats/index.ts';
import { StoreError } from '../errors.ts';
import { native } from './raw-path.ts';

export type EntryKind = 'regular' | 'directory' | 'symlink' | 'unknown';

/** Asked for each entry below the root: false leaves it out, with all that is in it. */
export type EntryFilter = (rawPath: string, kind: EntryKind) => boolean;

/** Bytes that are read at once of a file that is not small: a worker of Node's reads them. */
const pieceSize = 1024 * 1024;
const smallSize = 256 * 1024;

/**
 * The tree at a raw path, in the order of archives. Pieces of data stay good. While one piece of a large file is worked
 * on, the next one is being read.
 *
 * Throws `StoreError` `store/no-such-file` and `store/unsupported-file-type`, and what the file system throws.
 */
export async function* treeEvents(rawPath: string): AsyncGenerator<NarEvent[]> {
  const open: { path: string; entries: Iterator<readonly [string, EntryKind]> }[] = [];
  let node: { path: string; kind: EntryKind } | undefined = { path: rawPath, kind: kindOfRoot(rawPath) };
  let events: NarEvent[] = [];
  let weight = 0;
  for (;;) {
    if (node?.kind === 'directory') {
      events.push({ type: 'directory' });
      open.push({ path: node.path, entries: entriesOf(node.path)[Symbol.iterator]() });
    } else if (node?.kind === 'symlink') events.push({ type: 'symlink', target: targetOf(node.path) });
    else if (node?.kind === 'regular') {
      const small: number | FileToRead = readSmall(node.path, events);
      if (typeof small === 'number') weight += small;
      else {
        yield events;
        yield* large(small);
        events = [];
      }
    } else if (node !== undefined) throw unsupported(node.path);
    if (weight > smallSize) {
      yield events;
      events = [];
      weight = 0;
    }
    if (open.length === 0) break;
    node = nextEntry(open, events);
  }
  if (events.length > 0) yield events;
}

/** The next entry of the innermost directory; undefined when that ends here. */
function nextEntry(
  open: { path: string; entries: Iterator<readonly [string, EntryKind]> }[],
  events: NarEvent[],
): { path: string; kind: EntryKind } | undefined {
  const top = open.at(-1)!;
  const next = top.entries.next();
  if (next.done) {
    open.pop();
    events.push({ type: 'end' });
    return undefined;
  }
  const [name, kind] = next.value;
  events.push({ type: 'entry', name });
  return { path: `${top.path}/${name}`, kind };
}

interface FileToRead {
  readonly fd: number;
  readonly executable: boolean;
  readonly size: number;
}

/** Reads a small file, adding its events; returns its size, or the open file when it is large. */
function readSmall(rawPath: string, events: NarEvent[]): number | FileToRead {
  const fd = openRegular(native(rawPath));
  let keep = false;
  try {
    const { mode, size } = fs.fstatSync(fd);
    const executable = (mode & 0o100) !== 0;
    if (size > smallSize) {
      keep = true;
      return { fd, executable, size };
    }
    events.push({ type: 'regular', executable, size });
    for (let left = size; left > 0; ) {
      const bytes = Buffer.allocUnsafe(left);
      const count = fs.readSync(fd, bytes, 0, left, null);
      if (count === 0) break;
      events.push({ type: 'data', bytes: bytes.subarray(0, count) });
      left -= count;
    }
    events.push({ type: 'end' });
    return size + 256;
  } finally {
    if (!keep) fs.closeSync(fd);
  }
}

async function* large({ fd, executable, size }: FileToRead): AsyncGenerator<NarEvent[]> {
  let next: Promise<Buffer> | undefined;
  try {
    yield [{ type: 'regular', executable, size }];
    next = readPiece(fd, 0, size);
    for (let position = 0; position < size; ) {
      const bytes = await next;
      position += bytes.length;
      if (bytes.length === 0) break;
      next = readPiece(fd, position, size);
      yield [{ type: 'data', bytes }];
    }
    yield [{ type: 'end' }];
  } finally {
    // The descriptor must not be closed, and given to another file, while it is read.
    await next?.catch(() => {});
    fs.closeSync(fd);
  }
}

function readPiece(fd: number, position: number, size: number): Promise<Buffer> {
  const length = Math.min(pieceSize, size - position);
  if (length === 0) return Promise.resolve(Buffer.alloc(0));
  return new Promise((resolve, reject) => {
    fs.read(fd, Buffer.allocUnsafeSlow(length), 0, length, position, (error, count, buffer) =>
      error === null ? resolve(buffer.subarray(0, count)) : reject(error),
    );
  });
}

export function openRegular(path: string | Buffer): number {
  return fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW);
}

export function targetOf(rawPath: string): string {
  return fs.readlinkSync(native(rawPath), 'latin1');
}

/** Names as byte strings, sorted bytewise. */
export function entriesOf(rawPath: string): [name: string, kind: EntryKind][] {
  const named = namedEntries(rawPath).map(([name, entry]): [string, EntryKind] => {
    const kind = kindOf(entry);
    // Some file systems do not say what an entry is until it is asked for.
    return [name, kind === 'unknown' ? kindOf(fs.lstatSync(native(`${rawPath}/${name}`))) : kind];
  });
  return named.sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Where the file system does not tell kinds, Node asks for each by its name: then that must be in bytes. */
function namedEntries(rawPath: string): (readonly [string, Kinds])[] {
  const path = native(rawPath);
  try {
    const entries = fs.readdirSync(path, { withFileTypes: true, encoding: 'latin1' });
    return entries.map((entry) => [entry.name, entry]);
  } catch {
    const entries = fs.readdirSync(path, { withFileTypes: true, encoding: 'buffer' });
    return entries.map((entry) => [byteString(entry.name as Uint8Array), entry]);
  }
}

export function kindOfRoot(rawPath: string): EntryKind {
  const state = fs.lstatSync(native(rawPath), { throwIfNoEntry: false });
  if (state !== undefined) return kindOf(state);
  const path = toUnicode(rawPath);
  throw new StoreError('store/no-such-file', `path '${path}' does not exist`, { details: { path } });
}

interface Kinds {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

function kindOf(state: Kinds): EntryKind {
  if (state.isFile()) return 'regular';
  if (state.isDirectory()) return 'directory';
  return state.isSymbolicLink() ? 'symlink' : 'unknown';
}

export function unsupported(rawPath: string): StoreError {
  const path = toUnicode(rawPath);
  return new StoreError('store/unsupported-file-type', `file '${path}' has an unsupported type`, {
    hint: 'a store holds regular files, directories and symbolic links; leave sockets, pipes and devices out',
    details: { path },
  });
}
