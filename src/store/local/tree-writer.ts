/**
 * Writes a tree to disk in canonical form: files 0444 or 0555, directories 0555, modification times 1 second after
 * the epoch, no links between files, no extended attributes. Nothing is synced here; see `durable.ts`.
 */
import * as fs from 'node:fs';
import { toUnicode } from '../../base/bytes.ts';
import { errnoOf } from '../../base/errors.ts';
import { StoreError } from '../errors.ts';
import { hasExtendedAttributes, removeExtendedAttributes } from './extended-attributes.ts';
import { native } from './raw-path.ts';
import type { TreeSink } from './tree-sink.ts';

/** Seconds since the epoch: the time of everything in a store. */
export const storeTime = 1;

export class TreeWriter implements TreeSink {
  /** Files, directories and links made so far. */
  nodes = 0;
  readonly #root: string;
  /** Raw paths of the open directories, the innermost last. */
  readonly #directories: string[] = [];
  #name = '';
  #file = -1;
  #filePath = '';
  #fileMode = 0;
  /** Whether new files get what the folder has: lists of access rights are inherited. */
  readonly #inherits: boolean;
  /** Modes are set explicitly only where the process's mask would take bits away. */
  readonly #masked = (process.umask() & 0o555) !== 0;

  /** @param root the raw path of the tree; nothing may be there yet */
  constructor(root: string) {
    this.#root = root;
    this.#inherits = hasExtendedAttributes(root.slice(0, root.lastIndexOf('/')) || '/');
  }

  /** Closes what an error left open. */
  abandon(): void {
    if (this.#file >= 0) fs.closeSync(this.#file);
    this.#file = -1;
  }

  entry(name: string): void {
    this.#name = name;
  }

  directory(): void {
    const path = this.#next();
    // With the owner's permission to write, until all entries are there.
    try {
      fs.mkdirSync(native(path), 0o755);
    } catch (error) {
      throw this.#collision(error, path);
    }
    this.#directories.push(path);
  }

  regular(executable: boolean): void {
    const mode = executable ? 0o555 : 0o444;
    const path = this.#next();
    this.#filePath = path;
    this.#fileMode = mode;
    try {
      this.#file = fs.openSync(native(path), 'wx', mode);
    } catch (error) {
      throw this.#collision(error, path);
    }
    if (this.#masked) fs.fchmodSync(this.#file, mode);
  }

  data(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) done += fs.writeSync(this.#file, bytes, done);
  }

  symlink(target: string): void {
    const path = this.#next();
    try {
      fs.symlinkSync(native(target), native(path));
    } catch (error) {
      throw this.#collision(error, path);
    }
    fs.lutimesSync(native(path), storeTime, storeTime);
  }

  end(): void {
    if (this.#file >= 0) this.#endFile();
    else this.#endDirectory();
  }

  #endFile(): void {
    if (this.#inherits) {
      removeExtendedAttributes(this.#filePath, this.#fileMode);
      fs.fchmodSync(this.#file, this.#fileMode);
    }
    fs.futimesSync(this.#file, storeTime, storeTime);
    fs.closeSync(this.#file);
    this.#file = -1;
  }

  #endDirectory(): void {
    const rawPath = this.#directories.pop()!;
    const path = native(rawPath);
    if (this.#inherits) removeExtendedAttributes(rawPath, 0o755);
    fs.chmodSync(path, 0o555);
    fs.utimesSync(path, storeTime, storeTime);
  }

  /** Names in an archive are unique, but not to a file system for which upper and lower case are the same. */
  #collision(error: unknown, path: string): unknown {
    if (errnoOf(error) !== 'EEXIST' || this.#directories.length === 0) return error;
    const file = toUnicode(path);
    return new StoreError('store/name-collision', `this file system takes '${file}' for another file of its folder`, {
      hint: 'keep the store on a file system that tells upper and lower case apart',
      details: { file },
      cause: error,
    });
  }

  #next(): string {
    this.nodes += 1;
    const parent = this.#directories.at(-1);
    return parent === undefined ? this.#root : `${parent}/${this.#name}`;
  }
}
