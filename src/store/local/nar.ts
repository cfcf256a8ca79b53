/** Trees on disk as archives, and their hashes. */
import * as fs from 'node:fs';
import { availableParallelism } from 'node:os';
import { createHasher, type Hash, NarWriter } from '../../formats/index.ts';
import { HashThread } from './hash-thread.ts';
import { native } from './raw-path.ts';
import { type EntryFilter, treeEvents } from './tree-events.ts';
import { walkTree } from './walk-tree.ts';

export interface NarHash {
  readonly hash: Hash;
  /** Bytes of the archive. */
  readonly size: number;
}

/** A SHA-256 of an archive that is under way: give it to a `NarWriter`, or feed it with an archive's bytes. */
export class NarHasher {
  readonly #hasher: Hashing;
  #size = 0;

  /** @param options `thread`: hash on another thread, for what is large and read or written meanwhile */
  constructor(options: { readonly thread?: boolean } = {}) {
    this.#hasher = options.thread === true ? new HashThread() : createHasher('sha256');
  }

  update(chunk: Uint8Array): void {
    this.#hasher.update(chunk);
    this.#size += chunk.length;
  }
  finish(): NarHash {
    return { hash: this.#hasher.digest(), size: this.#size };
  }

  /** Ends a hash that nobody asks for. */
  abandon(): void {
    this.#hasher.abandon?.();
  }
}

interface Hashing {
  update(chunk: Uint8Array): void;
  digest(): Hash;
  abandon?(): void;
}

/** Bytes of a file from which on a thread is worth its start. */
const largeFile = 32 * 1024 * 1024;

/** Whether a tree is one file that is so large that a second thread hashes it with profit. */
export function isLargeFile(rawPath: string): boolean {
  if (availableParallelism() < 2) return false;
  const state = fs.lstatSync(native(rawPath), { throwIfNoEntry: false });
  return state?.isFile() === true && state.size >= largeFile;
}

/** The archive of the tree at a raw path, in chunks that are only good until the call returns. */
export function dumpTree(rawPath: string, sink: (chunk: Uint8Array) => void, filter?: EntryFilter): void {
  const writer = new NarWriter(sink, { reuse: true });
  walkTree(rawPath, writer, filter);
  writer.finish();
}

/** The same as a stream that reads no faster than its reader takes; chunks stay good. */
export async function* streamTree(rawPath: string): AsyncGenerator<Uint8Array> {
  const chunks: Uint8Array[] = [];
  const writer = new NarWriter((chunk) => chunks.push(chunk));
  for await (const events of treeEvents(rawPath)) {
    for (const event of events) writer.write(event);
    if (chunks.length > 0) yield* chunks.splice(0);
  }
  writer.finish();
  yield* chunks;
}

export function hashTree(rawPath: string): NarHash {
  const hasher = new NarHasher();
  dumpTree(rawPath, (chunk) => hasher.update(chunk));
  return hasher.finish();
}
