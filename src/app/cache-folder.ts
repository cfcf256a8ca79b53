/**
 * A folder of the user's cache with a file for each key, replaced by one rename. What it cannot do, it leaves: whoever
 * keeps something there can make it again.
 */
import * as fs from 'node:fs';
import { basename, join } from 'node:path';
import { makeFolders } from '../base/folders.ts';
import type { Environment } from './config.ts';

/** Where the user's caches are; undefined where there is no home for them. */
export function cacheHome(env: Environment): string | undefined {
  const home = env['HOME'];
  const caches = env['XDG_CACHE_HOME'] ?? (home === undefined ? undefined : join(home, '.cache'));
  return caches === undefined ? undefined : join(caches, 'sysbuild');
}

/** Tells builds of the program and of V8's code apart; undefined where the program is no bundle that changes when it is built anew. */
export function buildOfProgram(): string | undefined {
  if (basename(import.meta.dirname) !== 'dist') return undefined;
  const { mtimeMs, size } = fs.statSync(join(import.meta.dirname, 'program.cjs'));
  return [mtimeMs, size, process.version, process.arch, ...process.execArgv].join(' ');
}

export interface CacheFolderOptions {
  readonly mostBytes: number;
  /** Look for what is too much after one in so many saves of small files; large ones always are a reason to. */
  readonly pruneEvery: number;
}

const large = 1 << 20;
/** Files that are used are known by times not older than this (milliseconds). */
const day = 24 * 60 * 60 * 1000;

export class CacheFolder {
  readonly #folder: string;
  readonly #options: CacheFolderOptions;

  constructor(folder: string, options: CacheFolderOptions) {
    this.#folder = folder;
    this.#options = options;
  }

  load(key: string): Buffer | undefined {
    const file = join(this.#folder, key);
    try {
      const descriptor = fs.openSync(file, 'r');
      try {
        const now = Date.now();
        if (fs.fstatSync(descriptor).mtimeMs < now - day) fs.futimesSync(descriptor, now / 1000, now / 1000);
        return fs.readFileSync(descriptor);
      } finally {
        fs.closeSync(descriptor);
      }
    } catch {
      return undefined; // not there, or not readable: it is made again
    }
  }

  /** For the user's own eyes: the content may tell of anything that a program read. */
  save(key: string, content: Uint8Array): void {
    const temporary = join(this.#folder, `.${key}.${process.pid}`);
    try {
      makeFolders(this.#folder, 0o700);
      fs.writeFileSync(temporary, content, { mode: 0o600 });
      fs.renameSync(temporary, join(this.#folder, key));
      if (content.length > large || Number.parseInt(key.slice(0, 8), 16) % this.#options.pruneEvery === 0) this.prune();
    } catch {
      fs.rmSync(temporary, { force: true });
    }
  }

  /** Removes what was not used for longest, until the rest is small enough. */
  prune(): void {
    const files = fs.readdirSync(this.#folder).flatMap((name) => {
      const stats = fs.statSync(join(this.#folder, name), { throwIfNoEntry: false });
      return stats === undefined ? [] : [{ name, size: stats.size, mtimeMs: stats.mtimeMs }];
    });
    files.sort((a, b) => b.mtimeMs - a.mtimeMs);
    let total = 0;
    for (const { name, size } of files) {
      total += Math.max(size, 4096); // what a small file takes
      if (total > this.#options.mostBytes) fs.rmSync(join(this.#folder, name), { force: true });
    }
  }
}
