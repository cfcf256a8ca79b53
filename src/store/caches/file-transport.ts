/** A cache that is a folder: `file:///DIR`. Files are written beside their place and renamed. */
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { errnoOf } from '../../base/errors.ts';
import { makeFolders } from '../../base/folders.ts';
import { syncDirectory, temporaryName } from '../../base/fs-atomic.ts';
import { fileSystemError } from '../errors.ts';
import { broken, unreachable } from './errors.ts';
import type { Transport } from './transport.ts';

const chunkSize = 256 * 1024;

export class FileTransport implements Transport {
  readonly uri: string;
  readonly remote = false;
  readonly #folder: string;

  /** @param folder absolute; made when something is written */
  constructor(folder: string) {
    this.#folder = folder;
    this.uri = pathToFileURL(folder).href;
  }

  async read(name: string, signal?: AbortSignal): Promise<AsyncIterable<Uint8Array> | undefined> {
    const path = this.#pathOf(name);
    signal?.throwIfAborted();
    const file = await this.#unlessAbsent(() => fs.promises.open(path, 'r'));
    if (file === undefined) return undefined;
    return this.#bytesOf(file, signal);
  }

  async readAll(name: string, most: number, signal?: AbortSignal): Promise<Uint8Array | undefined> {
    const path = this.#pathOf(name);
    signal?.throwIfAborted();
    const state = await this.#unlessAbsent(() => fs.promises.stat(path));
    if (state === undefined) return undefined;
    if (state.size > most) throw broken(this.uri, `'${name}' is longer than ${most} bytes`);
    return this.#unlessAbsent(() => fs.promises.readFile(path));
  }

  async exists(name: string, signal?: AbortSignal): Promise<boolean> {
    const path = this.#pathOf(name);
    signal?.throwIfAborted();
    return (await this.#unlessAbsent(() => fs.promises.stat(path))) !== undefined;
  }

  async write(name: string, content: Uint8Array, _type: string, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const path = this.#pathOf(name);
    this.#writing(path, (temporary) => fs.writeFileSync(temporary, content, { flag: 'wx' }));
  }

  async writeFile(name: string, file: string, _type: string, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const path = this.#pathOf(name);
    this.#writing(path, (temporary) => moveFile(file, temporary));
  }

  scratchFolder(): string {
    try {
      makeFolders(this.#folder);
    } catch (error) {
      throw this.#failure(error);
    }
    return this.#folder;
  }

  async *names(): AsyncGenerator<string> {
    const folder = await this.#unlessAbsent(() => fs.promises.opendir(this.#folder));
    if (folder === undefined) return;
    for await (const entry of folder) yield entry.name;
  }

  close(): void {}

  async *#bytesOf(file: fs.promises.FileHandle, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        signal?.throwIfAborted();
        const { buffer, bytesRead } = await file.read({ buffer: Buffer.allocUnsafeSlow(chunkSize) });
        if (bytesRead === 0) return;
        yield buffer.subarray(0, bytesRead);
      }
    } catch (error) {
      throw this.#failure(error);
    } finally {
      await file.close();
    }
  }

  /** Runs `fill` on a temporary name beside `path` and renames that, when it is on disk. */
  #writing(path: string, fill: (temporary: string) => void): void {
    const folder = dirname(path);
    try {
      makeFolders(folder);
      const temporary = temporaryName(folder);
      try {
        fill(temporary);
        syncFile(temporary);
        fs.renameSync(temporary, path);
      } finally {
        fs.rmSync(temporary, { force: true });
      }
      syncDirectory(folder);
    } catch (error) {
      throw fileSystemError(error, [this.#folder]);
    }
  }

  /** Names come from the cache itself: none may lead out of it. */
  #pathOf(name: string): string {
    const parts = name.split('/');
    if (name === '' || name.includes('\0') || parts.some((part) => part === '' || part === '.' || part === '..'))
      throw broken(this.uri, `'${name}' is no name of a file in a cache`);
    return join(this.#folder, name);
  }

  async #unlessAbsent<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return undefined;
      throw this.#failure(error);
    }
  }

  #failure(error: unknown): unknown {
    return error instanceof Error && errnoOf(error) !== undefined ? unreachable(this.uri, error.message, error) : error;
  }
}

/** By a rename where that is possible. */
function moveFile(from: string, to: string): void {
  try {
    fs.renameSync(from, to);
  } catch (error) {
    if (errnoOf(error) !== 'EXDEV') throw error;
    fs.copyFileSync(from, to);
    fs.rmSync(from);
  }
}

function syncFile(path: string): void {
  const fd = fs.openSync(path, 'r+');
  try {
    fs.fchmodSync(fd, 0o644);
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}
