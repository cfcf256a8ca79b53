/**
 * The folders that builds work in: `<state>/builds/sysbuild-…`, one for each run, on the store's file system so that
 * outputs leave by a rename. A run holds a lock on its folder, and so does each of its sandboxes: a folder whose
 * lock can be taken belongs to a run that is gone, builders and all, and is removed by the next one.
 */
import * as fs from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { errnoOf } from '../base/errors.ts';
import { faultPoint } from '../base/fault.ts';
import { type FileLock, tryLock, tryLockDirectory } from '../base/file-lock.ts';
import { makeFolders } from '../base/folders.ts';
import { runSync } from '../base/process.ts';
import { nodeKinds, systemCalls } from '../base/system-calls.ts';
import { removeTree } from '../store/index.ts';
import { BuildError } from './errors.ts';
import { endHolders, ownerIsGone, writeOwner } from './orphans.ts';
import { Remover } from './remover.ts';
import { UsedStores } from './used-stores.ts';

const prefix = 'sysbuild-';

export interface WorkspaceStore {
  readonly stateDir: string;
  readonly realStoreDir: string;
}

/** The folders of one build. */
export interface Room {
  readonly folder: string;
  /** Becomes the builder's store: outputs are made in it. */
  readonly store: string;
  readonly build: string;
  readonly temporary: string;
  /** A named pipe that nobody else uses meanwhile: the builder's output. */
  readonly pipe: string;
  /** Keeps the folder for the user to look at; returns where it will be. */
  keep(): string;
  leave(): void;
}

export class Workspace {
  readonly folder: string;
  /** Shared with every sandbox, so that the folder stays locked as long as any of them lives. */
  readonly lockDescriptor: number;
  readonly #lock: FileLock;
  readonly #pipes: string[];
  /** Rooms that nobody is in any more, and their removal. */
  readonly #remover = new Remover();
  readonly #stores = new UsedStores();
  #rooms = 0;

  private constructor(folder: string, lock: FileLock, pipes: string[]) {
    this.folder = folder;
    this.#lock = lock;
    this.lockDescriptor = lock.fd;
    this.#pipes = pipes;
  }

  /**
   * Removes what dead runs left, and makes a folder for this one.
   * @param builds how many builds there are at once, at most
   */
  static open(store: WorkspaceStore, builds: number): Workspace {
    const parent = parentFolder(store);
    makeFolders(parent);
    Workspace.clean(store);
    const { folder, lock } = makeLocked(parent);
    try {
      return new Workspace(folder, lock, makePipes(folder, builds));
    } catch (error) {
      removeAll(folder);
      lock.release();
      throw error;
    }
  }

  /** Removes what dead runs left. */
  static clean(store: WorkspaceStore): void {
    const parent = parentFolder(store);
    if (fs.existsSync(parent)) removeStale(parent);
  }

  /**
   * Makes the folders of one build.
   * @param inputs the names of its inputs, where they are many: the folder that becomes its store may then be one that
   *   had them mounted before, and has the places for it
   */
  enter(inputs?: readonly string[]): Room {
    const pipe = this.#pipes.pop();
    if (pipe === undefined) throw new BuildError('build/setting', 'more builds at once than there were to be');
    this.#rooms += 1;
    const number = this.#rooms;
    const folder = join(this.folder, String(number));
    const at = (name: string): string => join(folder, name);
    const used = inputs === undefined ? undefined : this.#stores.take(inputs);
    const store = used ?? (inputs === undefined ? at('store') : join(this.folder, `store-${number}`));
    const room = { folder, pipe, store, build: at('build'), temporary: at('tmp') };
    for (const made of [folder, room.build, room.temporary]) fs.mkdirSync(made);
    if (used === undefined) fs.mkdirSync(store);
    fs.chmodSync(room.temporary, 0o1777);
    let kept: string | undefined;
    return {
      ...room,
      keep: () => (kept = keptName(this.folder, number)),
      leave: () => {
        this.#pipes.push(pipe);
        if (kept === undefined) {
          if (inputs !== undefined) this.#stores.give(inputs, store);
          this.#remover.add(folder);
          return;
        }
        if (inputs !== undefined) fs.renameSync(store, at('store'));
        fs.renameSync(folder, kept);
      },
    };
  }

  async close(): Promise<void> {
    await this.#remover.finish();
    removeAll(this.folder);
    this.#lock.release();
  }
}

/** Kept folders have another name: nobody takes them for stale ones. */
function keptName(folder: string, room: number): string {
  return `${join(dirname(folder), basename(folder).replace(prefix, 'failed-'))}-${room}`;
}

/** Beside the store's database where that is on the store's file system, inside the store's folder otherwise. */
function parentFolder({ stateDir, realStoreDir }: WorkspaceStore): string {
  const together = fs.statSync(stateDir).dev === fs.statSync(realStoreDir).dev;
  return together ? join(stateDir, 'builds') : join(realStoreDir, '.builds');
}

/** One run at a time: whoever else has the lock file of a dead run open is then an orphan of it, and may be ended. */
function removeStale(parent: string): void {
  const cleaning = tryLockDirectory(parent);
  if (cleaning === undefined) return;
  try {
    for (const name of fs.readdirSync(parent)) if (name.startsWith(prefix)) removeDead(join(parent, name));
  } finally {
    cleaning.release();
  }
}

function removeDead(folder: string): void {
  try {
    const lock = tryLock(lockFile(folder)) ?? takeFromOrphans(folder);
    if (lock === undefined) return;
    // A sandbox gives the lock up a moment before the last of its processes is gone.
    pause();
    removeAll(folder);
    lock.release();
  } catch (error) {
    // It ended by itself just now, or belongs to another user: neither is ours to remove.
    if (!['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'EROFS'].includes(errnoOf(error) ?? '')) throw error;
  }
}

const pauseMilliseconds = 20;
const mostPauses = 100;

/** Removes a folder that a builder which was killed may still be filling, for as long as the kernel takes to end it. */
function removeAll(folder: string): void {
  for (let i = 0; ; i++) {
    try {
      removeTree(folder);
      return;
    } catch (error) {
      if (i >= mostPauses || !['ENOTEMPTY', 'EEXIST', 'EBUSY'].includes(errnoOf(error) ?? '')) throw error;
      pause();
    }
  }
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMilliseconds);
}

/** The lock of a folder whose run is gone, held by nobody but sandboxes that nobody waits for: those are ended. */
function takeFromOrphans(folder: string): FileLock | undefined {
  for (let i = 0; i < mostPauses && ownerIsGone(folder); i++) {
    endHolders(lockFile(folder));
    pause();
    const lock = tryLock(lockFile(folder));
    if (lock !== undefined) return lock;
  }
  return undefined;
}

/** A run that cleans up may take a new folder for a stale one until that is locked: then we make another. */
function makeLocked(parent: string): { folder: string; lock: FileLock } {
  for (;;) {
    const folder = fs.mkdtempSync(join(parent, prefix));
    faultPoint('workspace/made');
    try {
      const lock = tryLock(lockFile(folder));
      if (lock !== undefined) {
        writeOwner(folder);
        return { folder, lock };
      }
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error;
    }
  }
}

function lockFile(folder: string): string {
  return join(folder, 'lock');
}

/** Builders write into named pipes: what Node makes itself are sockets, which `/dev/stderr` cannot open. */
function makePipes(folder: string, count: number): string[] {
  const pipes = Array.from({ length: count }, (_, i) => join(folder, `pipe-${i}`));
  const calls = systemCalls();
  if (
    calls !== undefined &&
    pipes.every((pipe) => calls.makeNode(Buffer.from(pipe), nodeKinds.pipe | 0o600, 0) === 0)
  ) {
    return pipes;
  }
  for (const pipe of pipes) fs.rmSync(pipe, { force: true });
  const made = runSync('mkfifo', ['-m', '600', ...pipes], { env: { PATH: process.env['PATH'] } });
  if (made.status === 0) return pipes;
  throw new BuildError('build/setting', `cannot make named pipes in '${folder}': ${made.stderr.trim()}`);
}
