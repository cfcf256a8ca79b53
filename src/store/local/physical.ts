/** Archives of and into places outside of any store. Paths are strings as Node has them, or bytes. */
import * as fs from 'node:fs';
import { NarReader } from '../../formats/index.ts';
import { dumpTree, hashTree, type NarHash, streamTree } from './nar.ts';
import { rawPathOf } from './raw-path.ts';
import type { EntryFilter } from './tree-events.ts';
import { giveEvent } from './tree-sink.ts';
import { TreeWriter } from './tree-writer.ts';

/** The archive of a file or tree; chunks are only good until `sink` returns. */
export function dumpNarSync(
  physicalPath: string | Uint8Array,
  sink: (chunk: Uint8Array) => void,
  filter?: EntryFilter,
): void {
  dumpTree(rawPathOf(physicalPath), sink, filter);
}

/** The same, read no faster than it is taken; chunks stay good. */
export function streamNar(physicalPath: string | Uint8Array): AsyncGenerator<Uint8Array> {
  return streamTree(rawPathOf(physicalPath));
}

/** SHA-256 and size of the archive of a file or tree. */
export function hashPath(physicalPath: string | Uint8Array): NarHash {
  return hashTree(rawPathOf(physicalPath));
}

const pieceSize = 256 * 1024;

/** The same as `restoreNar` with the archive in an open file, at once. */
export function restoreNarSync(fd: number, target: string | Uint8Array): void {
  const reader = new NarReader();
  const writer = new TreeWriter(rawPathOf(target));
  const piece = Buffer.allocUnsafeSlow(pieceSize);
  try {
    for (;;) {
      const count = fs.readSync(fd, piece, 0, pieceSize, null);
      if (count === 0) break;
      for (const event of reader.push(piece.subarray(0, count))) giveEvent(writer, event);
    }
    reader.finish();
  } finally {
    writer.abandon();
  }
}

/** Writes the tree of an archive at `target`, where nothing may be yet, in canonical form. Not synced. */
export async function restoreNar(
  nar: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  target: string | Uint8Array,
): Promise<void> {
  const reader = new NarReader();
  const writer = new TreeWriter(rawPathOf(target));
  try {
    for await (const chunk of nar) for (const event of reader.push(chunk)) giveEvent(writer, event);
    reader.finish();
  } finally {
    writer.abandon();
  }
}
