/**
 * Logs on disk: `<logs>/drvs/xx/yyyy….drv`, plain while the build runs, so that it can be followed, and compressed
 * (`.zst`) when it has ended. `xx` are the first two characters of the derivation's hash part, as in Nix's layout.
 */
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { temporaryName } from '../base/fs-atomic.ts';
import { baseNameOf, type StorePath } from '../formats/index.ts';
import { isDiskFull } from './errors.ts';

/** Bytes above which a log stays plain: compressing it would stop everything else for too long. */
const largest = 64 * 1024 * 1024;

export class LogFile {
  readonly path: string;
  readonly #others: readonly string[];
  readonly #fd: number;
  #size = 0;

  /** @param drvPaths the derivation that is built, and those that it is the resolved form of */
  constructor(logDir: string, drvPaths: readonly StorePath[]) {
    const [path, ...others] = drvPaths.map((drvPath) => plainPath(logDir, drvPath));
    this.path = path!;
    this.#others = others;
    fs.mkdirSync(dirname(this.path), { recursive: true });
    // An older log is not overwritten while somebody reads it.
    fs.rmSync(this.path, { force: true });
    this.#fd = fs.openSync(this.path, 'ax', 0o644);
  }

  get size(): number {
    return this.#size;
  }

  write(chunk: Uint8Array): void {
    this.#size += chunk.length;
    for (let done = 0; done < chunk.length; ) done += fs.writeSync(this.#fd, chunk, done);
  }

  /** Compresses the log; returns where it is. */
  close(): string {
    fs.closeSync(this.#fd);
    const path = this.#size > largest ? this.path : compress(this.path);
    const extension = path.slice(this.path.length);
    for (const other of this.#others) linkOver(path, other + extension);
    return path;
  }
}

/** The log of a derivation, as bytes; undefined when there is none. A running build's log is what there is so far. */
export function readLog(logDir: string, drvPath: StorePath): Buffer | undefined {
  const path = findLog(logDir, drvPath);
  if (path === undefined) return undefined;
  const bytes = fs.readFileSync(path);
  return path.endsWith('.zst') ? zstdDecompressSync(bytes) : bytes;
}

/** Where the log of a derivation is, the plain one first: that of a build that runs. */
export function findLog(logDir: string, drvPath: StorePath): string | undefined {
  const plain = plainPath(logDir, drvPath);
  return [plain, `${plain}.zst`].find((path) => fs.existsSync(path));
}

function plainPath(logDir: string, drvPath: StorePath): string {
  const name = baseNameOf(drvPath);
  return join(logDir, 'drvs', name.slice(0, 2), name.slice(2));
}

/**
 * Not made durable: after a power cut a log may be missing, which costs less than waiting for the disk each time.
 * On a full disk the plain log, which may be what filled it, goes first.
 */
function compress(path: string): string {
  const compressed = zstdCompressSync(fs.readFileSync(path));
  const temporary = temporaryName(dirname(path));
  try {
    fs.writeFileSync(temporary, compressed);
  } catch (error) {
    if (!isDiskFull(error)) throw error;
    fs.rmSync(path);
    fs.writeFileSync(temporary, compressed);
  }
  fs.renameSync(temporary, `${path}.zst`);
  fs.rmSync(path, { force: true });
  return `${path}.zst`;
}

function linkOver(from: string, to: string): void {
  fs.mkdirSync(dirname(to), { recursive: true });
  fs.rmSync(to, { force: true });
  fs.linkSync(from, to);
}
