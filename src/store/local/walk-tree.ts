/** Reads a tree from disk and gives it to a sink, at once. What may wait is in `tree-events.ts`. */
import * as fs from 'node:fs';
import { native } from './raw-path.ts';
import {
  type EntryFilter,
  type EntryKind,
  entriesOf,
  kindOfRoot,
  openRegular,
  targetOf,
  unsupported,
} from './tree-events.ts';
import type { TreeSink } from './tree-sink.ts';

const bufferSize = 256 * 1024;

/**
 * Gives the tree at a raw path to `sink`, in the order of archives. A file that grows or shrinks meanwhile is refused by
 * whoever writes the archive.
 *
 * Throws `StoreError` `store/no-such-file` and `store/unsupported-file-type`, and what the file system throws.
 */
export function walkTree(rawPath: string, sink: TreeSink, filter?: EntryFilter): void {
  new TreeWalk(sink, filter).node(rawPath, kindOfRoot(rawPath));
}

/** One for all walks: nothing else happens while there is one, and sinks keep nothing of it. */
let buffer: Buffer | undefined;

class TreeWalk {
  readonly #sink: TreeSink;
  readonly #filter: EntryFilter | undefined;

  constructor(sink: TreeSink, filter: EntryFilter | undefined) {
    this.#sink = sink;
    this.#filter = filter;
  }

  /** Recursive: archives are no deeper than 64 nodes, and whoever writes one says so. */
  node(rawPath: string, kind: EntryKind): void {
    if (kind === 'regular') this.#regular(rawPath);
    else if (kind === 'directory') this.#directory(rawPath);
    else if (kind === 'symlink') this.#sink.symlink(targetOf(rawPath));
    else throw unsupported(rawPath);
  }

  #directory(rawPath: string): void {
    this.#sink.directory();
    for (const [name, kind] of entriesOf(rawPath)) {
      const path = `${rawPath}/${name}`;
      if (this.#filter !== undefined && !this.#filter(path, kind)) continue;
      this.#sink.entry(name);
      this.node(path, kind);
    }
    this.#sink.end();
  }

  #regular(rawPath: string): void {
    const fd = openRegular(native(rawPath));
    try {
      const { mode, size } = fs.fstatSync(fd);
      this.#sink.regular((mode & 0o100) !== 0, size);
      const piece = (buffer ??= Buffer.allocUnsafeSlow(bufferSize));
      for (let left = size; left > 0; ) {
        const count = fs.readSync(fd, piece, 0, Math.min(left, bufferSize), null);
        if (count === 0) break;
        this.#sink.data(count === bufferSize ? piece : piece.subarray(0, count));
        left -= count;
      }
      this.#sink.end();
    } finally {
      fs.closeSync(fd);
    }
  }
}
