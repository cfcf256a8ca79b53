/**
 * Crash-safe changes to files: write, fsync, rename, fsync the directory. After a crash between any two of these
 * steps the old content or the new one is there, entirely; at worst a temporary file is left, whose name begins
 * with `.tmp-` so that the next run can tell it.
 */
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';

let counter = 0;

/** A name in `directory` that no other process or call uses. */
export function temporaryName(directory: string): string {
  counter += 1;
  return join(directory, `.tmp-${process.pid}-${counter}-${process.hrtime.bigint().toString(36)}`);
}

/** Makes a directory's entries durable. */
export function syncDirectory(directory: string): void {
  const fd = fs.openSync(directory, 'r');
  try {
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}

/** Replaces the file at `path` by one with this content and mode, atomically and durably. */
export function writeFileAtomic(path: string, content: string | Uint8Array, mode = 0o644): void {
  const directory = dirname(path);
  const temporary = temporaryName(directory);
  try {
    const fd = fs.openSync(temporary, 'wx', mode);
    try {
      fs.writeFileSync(fd, content);
      fs.fchmodSync(fd, mode);
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
    fs.renameSync(temporary, path);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
  syncDirectory(directory);
}

/** Makes `path` a symbolic link to `target` by one rename, whatever link or file was there. */
export function symlinkAtomic(target: string, path: string): void {
  const directory = dirname(path);
  const temporary = temporaryName(directory);
  try {
    fs.symlinkSync(target, temporary);
    fs.renameSync(temporary, path);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
  syncDirectory(directory);
}

/** Renames and makes both directories durable. The bytes of `from` must already be synced. */
export function renameDurably(from: string, to: string): void {
  fs.renameSync(from, to);
  syncDirectory(dirname(to));
  if (dirname(from) !== dirname(to)) syncDirectory(dirname(from));
}
