/**
 * The operations that evaluation asks of the disk, and nothing else of it: whoever wants to know what an evaluation has
 * read stands in between. Paths are byte strings; errors are those of `node:fs`.
 */
import * as fs from 'node:fs';
import { byteString, bytesOf, isAscii } from '../base/bytes.ts';
import { errnoOf } from '../base/errors.ts';
import type { FileKind } from '../lang/index.ts';

export type Entry = readonly [name: string, kind: FileKind];

export interface OpenFile {
  readonly descriptor: number;
  readonly stats: fs.Stats;
}

export interface Disk {
  /** Of the path itself; undefined when nothing is there. */
  kindOf(path: string): FileKind | undefined;
  /** Follows symbolic links, as `list` does. */
  readFile(path: string): Uint8Array;
  readLink(path: string): string;
  /** In no order. */
  list(path: string): Entry[];
  /** Opens a file, and no symbolic link, to be read to its end; tells of it as it is before that. */
  open(path: string): OpenFile;
}

/** A byte string as `node:fs` takes it: paths that are not ASCII go as bytes. */
export function osPath(path: string): string | Buffer {
  return isAscii(path) ? path : bytesOf(path);
}

export const disk: Disk = {
  kindOf(path) {
    try {
      const stats = fs.lstatSync(osPath(path), { throwIfNoEntry: false });
      return stats === undefined ? undefined : kindOfEntry(stats);
    } catch (error) {
      if (errnoOf(error) === 'ENOTDIR') return undefined;
      throw error;
    }
  },
  readFile: (path) => fs.readFileSync(osPath(path)),
  readLink: (path) => byteString(fs.readlinkSync(osPath(path), 'buffer')),
  list: (path) =>
    fs
      .readdirSync(osPath(path), { withFileTypes: true, encoding: 'latin1' })
      .map((entry): Entry => [entry.name, kindOfEntry(entry)]),
  open(path) {
    const descriptor = fs.openSync(osPath(path), fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW);
    return { descriptor, stats: fs.fstatSync(descriptor) };
  },
};

function kindOfEntry(entry: { isFile(): boolean; isDirectory(): boolean; isSymbolicLink(): boolean }): FileKind {
  if (entry.isFile()) return 'regular';
  if (entry.isDirectory()) return 'directory';
  return entry.isSymbolicLink() ? 'symlink' : 'unknown';
}
