/** Folders that are made with the ones above them. */
import * as fs from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and the ones above it that are missing. Node's own recursive `mkdir` never ends where the kernel says
 * that a name cannot be made in a folder that is there, as below /proc.
 * @param mode of the folders that are made, less what the process's umask takes away
 * @throws NodeJS.ErrnoException of the first folder that could not be made
 */
export function makeFolders(path: string, mode = 0o777): void {
  if (made(path, mode)) return;
  const above = dirname(path);
  if (fs.existsSync(above))
    throw Object.assign(new Error(`ENOENT: no folder can be made, mkdir '${path}'`), { code: 'ENOENT', path });
  makeFolders(above, mode);
  if (!made(path, mode)) makeFolders(path, mode); // what is above was removed in between
}

/** False when what is above is missing. */
function made(path: string, mode: number): boolean {
  try {
    fs.mkdirSync(path, mode);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return false;
    // Roots of read-only file systems say so before they say that they are there.
    if (fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return true;
    throw error;
  }
}
