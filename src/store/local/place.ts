/** Puts a finished, durable tree at its path in the store. */
import * as fs from 'node:fs';
import { errnoOf } from '../../base/errors.ts';
import { removeTree } from './remove-tree.ts';

/**
 * Renames; what a crash left at `realPath` is removed first. The caller holds the path's lock, or knows that the
 * bytes of any other process there are the same.
 */
export function place(temporary: string, realPath: string): void {
  try {
    fs.renameSync(temporary, realPath);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno !== 'ENOTEMPTY' && errno !== 'EEXIST' && errno !== 'EISDIR' && errno !== 'ENOTDIR') throw error;
    removeTree(realPath);
    fs.renameSync(temporary, realPath);
  }
}
