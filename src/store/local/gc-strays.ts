/**
 * Names in the store's folder that no valid path explains: what a crash left, temporary files, locks. To be asked
 * for while `gc.lock` is held exclusively: nobody is adding a path then.
 */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from '../../base/errors.ts';
import { isLocked } from '../../base/file-lock.ts';
import { hashPartLength, type StorePath } from '../../formats/index.ts';
import type { Layout } from './layout.ts';

const hashPart = new RegExp(`^[0-9a-df-np-sv-z]{${hashPartLength}}(?=-)`);

/**
 * @param valid the base names of all valid paths
 * @param wanted temporary roots, valid or not: what is being made at such a path stays, with all that has its hash
 */
export function findStrays(layout: Layout, valid: ReadonlySet<string>, wanted: Iterable<StorePath>): string[] {
  const start = layout.storeDir.length + 1;
  const wantedHashes = new Set([...wanted].map((path) => path.slice(start, start + hashPartLength)));
  return fs.readdirSync(layout.realStoreDir).filter((name) => {
    if (valid.has(name) || name === '.links') return false;
    const hash = hashPart.exec(name)?.[0];
    if (hash !== undefined && wantedHashes.has(hash)) return false;
    return !inUse(join(layout.realStoreDir, name), name);
  });
}

/** Nix locks its temporary folders, and everybody the `.lock` files of paths that are being made. */
function inUse(path: string, name: string): boolean {
  if (!name.endsWith('.lock') && !name.startsWith('tmp-')) return false;
  try {
    return isLocked(path);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return true;
    throw error;
  }
}
