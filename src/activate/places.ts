/** Small questions and changes on disk that take it as it comes: what is not there, or below no folder, is not there. */
import * as fs from 'node:fs';
import { errnoOf } from '../base/errors.ts';

/** What the kernel says of a path that leads nowhere: no entry, no folder on the way, links in a circle. */
const absent: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ENOTDIR', 'ELOOP']);

export function statIfThere(path: string): fs.Stats | undefined {
  try {
    return fs.lstatSync(path);
  } catch (error) {
    if (!absent.has(errnoOf(error))) throw error;
    return undefined;
  }
}

export function exists(path: string): boolean {
  return statIfThere(path) !== undefined;
}

/** Not of a link to one. */
export function isFolder(path: string): boolean {
  return statIfThere(path)?.isDirectory() ?? false;
}

/** Removes whatever is at a place, with all that is in it. */
export function remove(path: string): void {
  if (exists(path)) fs.rmSync(path, { recursive: true, force: true });
}

/** Removes a folder; one that is in use, gone, or no folder any more is left. */
export function removeIfEmpty(path: string): void {
  try {
    fs.rmdirSync(path);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno !== 'ENOTEMPTY' && errno !== 'EEXIST' && !absent.has(errno)) throw error;
  }
}
