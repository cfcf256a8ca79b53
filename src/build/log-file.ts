/**
 * Logs on disk: `<logs>/drvs/xx/yyyy….drv`, where `xx` are the first two characters of the derivation's hash part. A
 * short log stays as it is, a long one becomes `….drv.bz2`: both are what Nix finds and reads. Without a `bzip2` on
 * this machine it becomes `….drv.zst`. As long as the build runs its log is locked, so that a reader knows whether there
 * will be more.
 */
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { type FileLock, isLocked, tryLock } from '../base/file-lock.ts';
import { findProgram } from '../base/find-program.ts';
import { makeFolders } from '../base/folders.ts';
import { temporaryName } from '../base/fs-atomic.ts';
import { run } from '../base/process.ts';
import { baseNameOf, type StorePath } from '../formats/index.ts';
import { isDiskFull } from './errors.ts';

/** Bytes up to which a log stays as it is. */
const short = 16 * 1024;
/** Bytes above which a log stays so too: it is compressed in memory. */
const largest = 256 * 1024 * 1024;

type Compressed = '.bz2' | '.zst';
const compressed: readonly Compressed[] = ['.bz2', '.zst'];
const forms: readonly ('' | Compressed)[] = ['', ...compressed];

export class LogFile {
  readonly path: string;
  readonly #others: readonly string[];
  readonly #lock: FileLock;
  #size = 0;

  /** @param drvPaths the derivation that is built, and those that it is the resolved form of */
  constructor(logDir: string, drvPaths: readonly StorePath[]) {
    const [path, ...others] = drvPaths.map((drvPath) => plainPath(logDir, drvPath));
    this.path = path!;
    this.#others = others;
    makeFolders(dirname(this.path));
    // An older log is not overwritten while somebody reads it.
    fs.rmSync(this.path, { force: true });
    const lock = tryLock(this.path);
    if (lock === undefined) throw new Error(`'${this.path}' is locked although it is new`);
    this.#lock = lock;
    for (const other of others) linkOver(this.path, other);
  }

  get size(): number {
    return this.#size;
  }

  write(chunk: Uint8Array): void {
    this.#size += chunk.length;
    for (let done = 0; done < chunk.length; ) done += fs.writeSync(this.#lock.fd, chunk, done);
  }

  /** Compresses the log, if it is long; returns where it is. */
  async close(): Promise<string> {
    try {
      const extension = this.#size <= short ? '' : await compress(this.path, this.#size);
      for (const path of [this.path, ...this.#others]) {
        for (const stale of forms) if (stale !== extension) remove(path, stale, extension);
      }
      for (const other of this.#others) linkOver(this.path + extension, other + extension);
      return this.path + extension;
    } finally {
      this.#lock.release();
    }
  }
}

/** The log of a derivation, as bytes; undefined when there is none. A running build's log is what there is so far. */
export async function readLog(logDir: string, drvPath: StorePath): Promise<Buffer | undefined> {
  const path = findLog(logDir, drvPath);
  if (path === undefined) return undefined;
  if (path.endsWith('.bz2')) {
    const { stdout } = await run('bzip2', ['-dc', path], { encoding: 'latin1', maxOutput: Number.POSITIVE_INFINITY });
    return Buffer.from(stdout, 'latin1');
  }
  const bytes = fs.readFileSync(path);
  return path.endsWith('.zst') ? zstdDecompressSync(bytes) : bytes;
}

/** Where the log of a derivation is, the plain one first: that of a build that runs. */
export function findLog(logDir: string, drvPath: StorePath): string | undefined {
  const plain = plainPath(logDir, drvPath);
  return forms.map((extension) => plain + extension).find((path) => fs.existsSync(path));
}

/** Whether the build that writes a log still runs. */
export function isGrowing(path: string): boolean {
  return !compressed.some((extension) => path.endsWith(extension)) && fs.existsSync(path) && isLocked(path);
}

function plainPath(logDir: string, drvPath: StorePath): string {
  const name = baseNameOf(drvPath);
  return join(logDir, 'drvs', name.slice(0, 2), name.slice(2));
}

/** A stale log of another form; the plain one goes only when there is a compressed one. */
function remove(path: string, stale: '' | Compressed, extension: '' | Compressed): void {
  if (stale === '' && extension === '') return;
  fs.rmSync(path + stale, { force: true });
}

/**
 * Makes `<path>.bz2` or `<path>.zst` beside the log; returns the extension. Not made durable: after a power cut a log
 * may be missing, which costs less than waiting for the disk each time. On a full disk the plain log, which may be what
 * filled it, goes first.
 */
async function compress(path: string, size: number): Promise<'' | Compressed> {
  if (size > largest) return '';
  const { bytes, extension } = await compressedBytes(path);
  const temporary = temporaryName(dirname(path));
  try {
    fs.writeFileSync(temporary, bytes);
  } catch (error) {
    if (!isDiskFull(error)) throw error;
    fs.rmSync(path);
    fs.writeFileSync(temporary, bytes);
  }
  fs.renameSync(temporary, path + extension);
  return extension;
}

async function compressedBytes(path: string): Promise<{ bytes: Uint8Array; extension: Compressed }> {
  if (findProgram('bzip2') !== undefined) {
    const env = { PATH: process.env['PATH'] };
    const { status, stdout } = await run('bzip2', ['-c', '--', path], { env, encoding: 'latin1', maxOutput: largest });
    if (status === 0) return { bytes: Buffer.from(stdout, 'latin1'), extension: '.bz2' };
  }
  return { bytes: zstdCompressSync(fs.readFileSync(path)), extension: '.zst' };
}

function linkOver(from: string, to: string): void {
  makeFolders(dirname(to));
  fs.rmSync(to, { force: true });
  fs.linkSync(from, to);
}
