/** Trees on disk as archives, and their hashes. */
import { createHasher, type Hash, NarWriter } from '../../formats/index.ts';
import { type EntryFilter, treeEvents, walkTree } from './tree-events.ts';

export interface NarHash {
  readonly hash: Hash;
  /** Bytes of the archive. */
  readonly size: number;
}

/** A SHA-256 of an archive that is under way: give it to a `NarWriter`, or feed it with an archive's bytes. */
export class NarHasher {
  readonly #hasher = createHasher('sha256');
  #size = 0;

  update(chunk: Uint8Array): void {
    this.#hasher.update(chunk);
    this.#size += chunk.length;
  }
  finish(): NarHash {
    return { hash: this.#hasher.digest(), size: this.#size };
  }
}

/** The archive of the tree at a raw path, in chunks that are only good until the call returns. */
export function dumpTree(rawPath: string, sink: (chunk: Uint8Array) => void, filter?: EntryFilter): void {
  const writer = new NarWriter(sink);
  walkTree(rawPath, writer, { filter });
  writer.finish();
}

/** The same as a stream that reads no faster than its reader takes; chunks stay good. */
export async function* streamTree(rawPath: string): AsyncGenerator<Uint8Array> {
  const chunks: Uint8Array[] = [];
  const writer = new NarWriter((chunk) => chunks.push(chunk));
  for (const event of treeEvents(rawPath, { ownBuffers: true })) {
    writer.write(event);
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
