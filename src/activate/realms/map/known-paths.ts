/**
 * What is remembered of paths whose owner says what they must be: the digest that was read, with the stamp of the inode
 * that it was read of; and the mode, owner and kind that a package's path had when this version of the package was seen
 * first, since dpkg records none of these. One record a path, of eleven fields, each ended by a zero byte. Pure.
 */
import type { Entry, EntryKind } from './entry.ts';

/** How a package's path was when it was seen first. */
export interface FirstSeen {
  /** Name and version of the package. */
  readonly owner: string;
  readonly kind: EntryKind;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly target: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface Read {
  readonly stamp: string;
  readonly digest: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface KnownPath {
  readonly read?: Read | undefined;
  readonly first?: FirstSeen | undefined;
}

export type KnownPaths = Map<string, KnownPath>;

const format = 'sysbuild-known-paths 1\n';
const fieldCount = 11;

export function writeKnownPaths(known: ReadonlyMap<string, KnownPath>): string {
  const parts = [format];
  for (const [path, { read, first }] of known) {
    const ofRead = read === undefined ? ['', '', ''] : [read.stamp, read.digest, String(read.at)];
    const ofFirst =
      first === undefined
        ? ['', '', '', '', '', '', '']
        : [first.owner, first.kind, first.mode, first.uid, first.gid, first.target, first.at].map(String);
    parts.push([path, ...ofRead, ...ofFirst, ''].join('\0'));
  }
  return parts.join('');
}

/** What is no such text counts as nothing known. */
export function readKnownPaths(text: string): KnownPaths {
  const known: KnownPaths = new Map();
  if (!text.startsWith(format)) return known;
  const fields = text.slice(format.length).split('\0');
  for (let at = 0; at + fieldCount <= fields.length - 1; at += fieldCount) {
    const [path, stamp, digest, readAt, owner, kind, mode, uid, gid, target, firstAt] = fields.slice(
      at,
      at + fieldCount,
    );
    const read = digest === '' ? undefined : { stamp: stamp!, digest: digest!, at: Number(readAt) };
    const attributes = { mode: Number(mode), uid: Number(uid), gid: Number(gid), target: target!, at: Number(firstAt) };
    const first = owner === '' ? undefined : { owner: owner!, kind: kind as EntryKind, ...attributes };
    known.set(path!, { read, first });
  }
  return known;
}

export function firstSeen(entry: Entry, owner: string, at: number): FirstSeen {
  const { kind, mode, uid, gid, target } = entry;
  return { owner, kind, mode, uid, gid, target, at };
}
