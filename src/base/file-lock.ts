/**
 * Locks between processes, held on an open file: `flock(2)`, the same that Nix takes, so that both can work on
 * one store. The kernel drops them when their process dies, however it dies.
 *
 * Node has no `flock`: it is called in the C library. Where that cannot be, the `flock` program of util-linux is given
 * our descriptor: the lock belongs to the open file description, which we share with it, and stays when it ends.
 */
import * as fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ProcessError, runSync } from './process.ts';
import { errnos, flockOperations, systemCalls } from './system-calls.ts';

export interface FileLock {
  readonly path: string;
  /** The open file that the lock is on: a program that inherits it holds the lock too, until it ends. */
  readonly fd: number;
  /** Says who holds the lock, for those who wait: written into the file. */
  describe(holder: string): void;
  release(): void;
  /** Removes the file and releases; whoever waits for it sees that it is stale, as Nix's processes do. */
  remove(): void;
}

export type LockMode = 'shared' | 'exclusive';

/** Takes the lock, or returns undefined at once when another process holds it. */
export function tryLock(path: string, mode: LockMode = 'exclusive'): FileLock | undefined {
  return acquire(path, mode, 'try');
}

/** Takes the lock and blocks the whole process while it must; `onWait` is called once, before the wait. */
export function lockSync(path: string, options: { mode?: LockMode; onWait?: (holder: string) => void } = {}): FileLock {
  const held = tryLock(path, options.mode);
  if (held !== undefined) return held;
  options.onWait?.(holderOf(path));
  for (;;) {
    const waited = acquire(path, options.mode ?? 'exclusive', 'wait');
    if (waited !== undefined) return waited;
  }
}

/** Whether some process holds a lock on this file or directory, which is left as it is. */
export function isLocked(path: string): boolean {
  const fd = fs.openSync(path, 'r');
  try {
    return !flock(path, fd, 'exclusive', 'try');
  } finally {
    fs.closeSync(fd);
  }
}

/** Locks a directory that nobody else has locked, or returns undefined at once when another process holds it. */
export function tryLockDirectory(path: string): FileLock | undefined {
  const fd = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_DIRECTORY);
  if (flock(path, fd, 'exclusive', 'try')) return new HeldLock(path, fd);
  fs.closeSync(fd);
  return undefined;
}

/** Opens and locks until the file that is locked is also the one that stands at `path`. */
function acquire(path: string, mode: LockMode, patience: Patience): FileLock | undefined {
  for (;;) {
    const fd = fs.openSync(path, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o644);
    let locked = false;
    try {
      if (!flock(path, fd, mode, patience)) return undefined;
      // The file may have been removed, or replaced, between open and lock: then the lock guards nothing.
      if (!isSameFile(fd, path)) continue;
      locked = true;
      return new HeldLock(path, fd);
    } finally {
      if (!locked) fs.closeSync(fd);
    }
  }
}

type Patience = 'try' | 'wait';

/** False when the lock is held elsewhere, and was only tried. */
function flock(path: string, fd: number, mode: LockMode, patience: Patience): boolean {
  const calls = systemCalls();
  if (calls === undefined) return flockByProgram(path, fd, mode, patience);
  const operation = flockOperations[mode] | (patience === 'try' ? flockOperations.nonblocking : 0);
  for (;;) {
    const errno = calls.flock(fd, operation);
    if (errno === 0) return true;
    if (errno === errnos.EWOULDBLOCK) return false;
    if (errno !== errnos.EINTR) throw new ProcessError(`cannot lock '${path}'`, { details: { path, errno } });
  }
}

/** A large environment would cost more than the lock. */
function flockByProgram(path: string, fd: number, mode: LockMode, patience: Patience): boolean {
  const words = [mode === 'shared' ? '-s' : '-x', ...(patience === 'try' ? ['-n'] : []), '3'];
  const stdio = ['ignore' as const, 'ignore' as const, 'ignore' as const, fd];
  const { status } = runSync('flock', words, { stdio, env: { PATH: process.env['PATH'] } });
  if (status === 0 || status === 1) return status === 0;
  throw new ProcessError(`cannot lock '${path}'`, { details: { path, status } });
}

/** Takes the lock, waiting for it; `onWait` is called once when there is a wait, with what the holder wrote. */
export async function lock(
  path: string,
  options: { mode?: LockMode; signal?: AbortSignal; onWait?: (holder: string) => void } = {},
): Promise<FileLock> {
  let told = false;
  for (let delay = 5; ; delay = Math.min(delay * 2, 200)) {
    options.signal?.throwIfAborted();
    const held = tryLock(path, options.mode);
    if (held !== undefined) return held;
    if (!told) options.onWait?.(holderOf(path));
    told = true;
    await sleep(delay, undefined, options.signal === undefined ? {} : { signal: options.signal });
  }
}

/** What the holder of the lock wrote about itself, or '' when it wrote nothing. */
export function holderOf(path: string): string {
  try {
    return fs.readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}

function isSameFile(fd: number, path: string): boolean {
  const held = fs.fstatSync(fd);
  const found = fs.statSync(path, { throwIfNoEntry: false });
  return found !== undefined && held.ino === found.ino && held.dev === found.dev;
}

class HeldLock implements FileLock {
  readonly path: string;
  readonly fd: number;
  #released = false;

  constructor(path: string, fd: number) {
    this.path = path;
    this.fd = fd;
  }
  describe(holder: string): void {
    fs.ftruncateSync(this.fd, 0);
    fs.writeSync(this.fd, `${holder}\n`, 0);
  }
  release(): void {
    if (this.#released) return;
    this.#released = true;
    fs.closeSync(this.fd);
  }
  remove(): void {
    if (this.#released) return;
    fs.rmSync(this.path, { force: true });
    fs.writeSync(this.fd, 'd');
    this.release();
  }
}
