/**
 * What tells two states of a file apart without reading it: times, size, inode and mode. A stamp is worth nothing when
 * the file was changed a moment ago, as it may be changed again within the same tick of the file system's clock, or
 * where a file system makes up what it says: it is then empty, and the content is compared instead.
 */
import * as fs from 'node:fs';
import { InternalError } from '../../base/errors.ts';
import { osPath } from '../disk.ts';

export type Stamp = string;

/** More than the slowest clock of a file system takes for a tick (milliseconds). */
const longestTick = 2500;

/** Magic numbers of file systems that stamp every change: ext, xfs, btrfs, tmpfs, overlayfs, zfs, f2fs, bcachefs. */
const stamping = new Set([0xef53, 0x58465342, 0x9123683e, 0x01021994, 0x794c7630, 0x2fc12fc1, 0xf2f52010, 0xca451a4e]);

const trusted = new Map<number, boolean>();

/**
 * Of a file or folder, as it is now. To be taken before its content is. Throws where there is something else: a link,
 * or a pipe, of which what it holds can be seen once.
 */
export function stampAt(path: string, kind: 'file' | 'folder'): Stamp {
  return stampOf(fs.lstatSync(osPath(path)), path, kind);
}

/** The same, of what was asked already. */
export function stampOf(stats: fs.Stats, path: string, kind: 'file' | 'folder'): Stamp {
  if (kind === 'file' ? !stats.isFile() : !stats.isDirectory()) throw new InternalError(`'${path}' is no ${kind}`);
  const { mtimeMs, ctimeMs, size, ino, mode, dev } = stats;
  if (ctimeMs > Date.now() - longestTick || !isTrusted(dev, path)) return '';
  return `${mtimeMs} ${ctimeMs} ${size} ${ino} ${mode}`;
}

function isTrusted(device: number, path: string): boolean {
  let known = trusted.get(device);
  if (known === undefined) {
    known = stamping.has(fs.statfsSync(osPath(path)).type >>> 0);
    trusted.set(device, known);
  }
  return known;
}
