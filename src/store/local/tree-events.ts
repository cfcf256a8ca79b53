/** Reads a tree from disk as the events of an archive. */
import * as fs from 'node:fs';
import { byteString, toUnicode } from '../../base/bytes.ts';
import type { NarEvent } from '../../formats/index.ts';
import { StoreError } from '../errors.ts';
import { native } from './raw-path.ts';

/** Who receives a tree, event by event: a writer of archives, a writer of files, a recorder. */
export interface TreeSink {
  /** The bytes of data are only good until the call returns. */
  write(event: NarEvent): void;
}

export type EntryKind = 'regular' | 'directory' | 'symlink' | 'unknown';

/** Asked for each entry below the root: false leaves it out, with all that is in it. */
export type EntryFilter = (rawPath: string, kind: EntryKind) => boolean;

export interface WalkOptions {
  readonly filter?: EntryFilter | undefined;
  /** Give each piece of data a buffer of its own, so that it stays good; otherwise all of them share one. */
  readonly ownBuffers?: boolean;
}

const bufferSize = 256 * 1024;

/**
 * The tree at a raw path, in the order of archives.
 *
 * Throws `StoreError` `store/no-such-file` and `store/unsupported-file-type`, and what the file system throws.
 */
export function* treeEvents(rawPath: string, options: WalkOptions = {}): Generator<NarEvent> {
  const read = new FileReader(options.ownBuffers === true);
  const open: { path: string; entries: Iterator<readonly [string, EntryKind]> }[] = [];
  let node: { path: string; kind: EntryKind } | undefined = { path: rawPath, kind: kindOfRoot(rawPath) };
  for (;;) {
    if (node?.kind === 'directory') {
      yield { type: 'directory' };
      open.push({ path: node.path, entries: entriesOf(node.path)[Symbol.iterator]() });
    } else if (node?.kind === 'regular') yield* read.events(node.path);
    else if (node?.kind === 'symlink')
      yield { type: 'symlink', target: byteString(fs.readlinkSync(native(node.path), 'buffer')) };
    else if (node !== undefined) throw unsupported(node.path);

    const top = open.at(-1);
    if (top === undefined) return;
    const next = top.entries.next();
    node = undefined;
    if (next.done) {
      open.pop();
      yield { type: 'end' };
      continue;
    }
    const [name, kind] = next.value;
    const path = `${top.path}/${name}`;
    if (options.filter !== undefined && !options.filter(path, kind)) continue;
    yield { type: 'entry', name };
    node = { path, kind };
  }
}

/** Gives the whole tree to `sink`. */
export function walkTree(rawPath: string, sink: TreeSink, options?: WalkOptions): void {
  for (const event of treeEvents(rawPath, options)) sink.write(event);
}

/** Names as byte strings, sorted bytewise. */
export function entriesOf(rawPath: string): [name: string, kind: EntryKind][] {
  const entries = fs.readdirSync(native(rawPath), { withFileTypes: true, encoding: 'buffer' });
  const named = entries.map((entry): [string, EntryKind] => {
    const name = byteString(entry.name as Uint8Array);
    const kind = kindOf(entry);
    // Some file systems do not say what an entry is until it is asked for.
    return [name, kind === 'unknown' ? kindOf(fs.lstatSync(native(`${rawPath}/${name}`))) : kind];
  });
  return named.sort(([a], [b]) => (a < b ? -1 : 1));
}

class FileReader {
  readonly #ownBuffers: boolean;
  #buffer: Buffer | undefined;

  constructor(ownBuffers: boolean) {
    this.#ownBuffers = ownBuffers;
  }

  /** A file that grows or shrinks meanwhile is refused by whoever writes the archive. */
  *events(rawPath: string): Generator<NarEvent> {
    const fd = fs.openSync(native(rawPath), fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW);
    try {
      const state = fs.fstatSync(fd);
      yield { type: 'regular', executable: (state.mode & 0o100) !== 0, size: state.size };
      for (let left = state.size; left > 0; ) {
        const buffer = this.#bufferFor(left);
        const count = fs.readSync(fd, buffer, 0, Math.min(left, buffer.length), null);
        if (count === 0) break;
        yield { type: 'data', bytes: buffer.subarray(0, count) };
        left -= count;
      }
      yield { type: 'end' };
    } finally {
      fs.closeSync(fd);
    }
  }

  #bufferFor(left: number): Buffer {
    if (this.#ownBuffers) return Buffer.allocUnsafeSlow(Math.min(left, bufferSize));
    return (this.#buffer ??= Buffer.allocUnsafeSlow(bufferSize));
  }
}

function kindOfRoot(rawPath: string): EntryKind {
  const state = fs.lstatSync(native(rawPath), { throwIfNoEntry: false });
  if (state !== undefined) return kindOf(state);
  const path = toUnicode(rawPath);
  throw new StoreError('store/no-such-file', `path '${path}' does not exist`, { details: { path } });
}

function kindOf(state: { isFile(): boolean; isDirectory(): boolean; isSymbolicLink(): boolean }): EntryKind {
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
