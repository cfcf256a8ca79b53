/** Makes trees that were just written durable, whatever their number of files, in one step. */
import * as fs from 'node:fs';
import { runSync } from '../../base/process.ts';
import { systemCalls } from '../../base/system-calls.ts';
import { native, rawPathOf } from './raw-path.ts';
import { entriesOf } from './tree-events.ts';

/** Up to so many files each is synced for itself: a whole file system may have more to write than we have. */
const fewFiles = 8;

/**
 * Returns when all bytes and names below `roots` are on disk.
 * @param folder a folder of the same file system
 * @param nodes how many files and directories there are, about
 */
export function makeDurable(folder: string, roots: readonly string[], nodes: number): void {
  if (nodes > fewFiles && syncFileSystem(folder)) return;
  for (const root of roots) syncTree(rawPathOf(root));
}

/** One `syncfs(2)`; false where there is none. */
function syncFileSystem(folder: string): boolean {
  const calls = systemCalls();
  if (calls === undefined) return syncByProgram(folder);
  const fd = fs.openSync(folder, 'r');
  try {
    return calls.syncfs(fd) === 0;
  } finally {
    fs.closeSync(fd);
  }
}

function syncByProgram(folder: string): boolean {
  try {
    return runSync('sync', ['-f', folder], { env: { PATH: process.env['PATH'] } }).status === 0;
  } catch {
    return false;
  }
}

function syncTree(rawPath: string): void {
  const state = fs.lstatSync(native(rawPath));
  if (state.isSymbolicLink()) return;
  if (state.isDirectory()) for (const [name] of entriesOf(rawPath)) syncTree(`${rawPath}/${name}`);
  const fd = fs.openSync(native(rawPath), 'r');
  try {
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}
