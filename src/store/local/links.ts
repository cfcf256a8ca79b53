/** The folder of shared contents: each file is a hard link whose name is the hash of its archive. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from '../../base/errors.ts';

export function linkNames(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Removes contents that nothing in the store shares any more. Returns the bytes that became free. */
export function sweepLinks(folder: string): number {
  let freed = 0;
  for (const name of linkNames(folder)) {
    const file = join(folder, name);
    const state = fs.lstatSync(file, { throwIfNoEntry: false });
    if (state?.nlink !== 1) continue;
    fs.rmSync(file, { force: true });
    freed += state.blocks * 512;
  }
  return freed;
}
