/**
 * The roots of running processes: one file for each in `temproots`, named by its process id, locked exclusively by
 * its owner as long as it runs, holding store paths that each end in a zero byte. A file that can be locked belongs
 * to a process that is gone.
 */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { errnoOf } from '../../base/errors.ts';
import { type FileLock, lockSync, tryLock } from '../../base/file-lock.ts';
import type { StorePath } from '../../formats/index.ts';

let opened = 0;

/** The temporary roots of one open store in this process. */
export class TempRoots {
  readonly #folder: string;
  readonly #number: number;
  readonly #written = new Set<StorePath>();
  #lock: FileLock | undefined;

  constructor(folder: string) {
    opened += 1;
    this.#folder = folder;
    this.#number = opened;
  }

  /** Only the leading digits tell the process: there may be several stores, or threads, in one. */
  get #file(): string {
    return join(this.#folder, `${process.pid}-${threadId}-${this.#number}`);
  }

  has(path: StorePath): boolean {
    return this.#written.has(path);
  }

  /** To be called while `gc.lock` is held shared: otherwise a collection may have read the file already. */
  add(paths: Iterable<StorePath>): void {
    const fresh = [...paths].filter((path) => !this.#written.has(path));
    if (fresh.length === 0) return;
    this.#lock ??= this.#open();
    fs.appendFileSync(this.#file, fresh.map((path) => `${path}\0`).join(''));
    for (const path of fresh) this.#written.add(path);
  }

  close(): void {
    this.#lock?.remove();
    this.#lock = undefined;
    this.#written.clear();
  }

  /** A process of the same id may have died before and left its file. */
  #open(): FileLock {
    const lock = lockSync(this.#file);
    fs.truncateSync(this.#file);
    return lock;
  }
}

/** The temporary roots of all running processes, with the id of each; the files of dead ones are removed. */
export function readTempRoots(folder: string): Map<string, Set<number>> {
  const roots = new Map<string, Set<number>>();
  for (const name of fs.readdirSync(folder)) {
    const pid = Number.parseInt(name, 10);
    if (Number.isNaN(pid)) continue;
    const file = join(folder, name);
    const stale = lockExisting(file);
    if (stale !== undefined) {
      stale.remove();
      continue;
    }
    for (const path of pathsIn(file)) roots.set(path, (roots.get(path) ?? new Set()).add(pid));
  }
  return roots;
}

function lockExisting(file: string): FileLock | undefined {
  return fs.existsSync(file) ? tryLock(file) : undefined;
}

function pathsIn(file: string): string[] {
  try {
    const text = fs.readFileSync(file, 'latin1');
    return text
      .slice(0, text.lastIndexOf('\0') + 1)
      .split('\0')
      .slice(0, -1);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}
