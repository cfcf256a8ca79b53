/** One switch of a machine at a time, and whoever is refused or waits is told who is at it. */
import { type FileLock, holderOf, lock, tryLock } from '../base/file-lock.ts';
import { makeFolders } from '../base/folders.ts';
import { ActivateError } from './errors.ts';
import type { MachineLayout } from './layout.ts';
import { permissionError } from './permission.ts';

export interface LockRequest {
  /** Says who holds the lock: shown to those who are refused. */
  readonly holder: string;
  /** Wait for the other switch instead of refusing. */
  readonly wait: boolean;
  readonly onWait?: ((holder: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs work while holding the machine's lock.
 * @throws ActivateError `activate/locked`, `activate/permission`
 */
export async function withMachineLock<T>(
  layout: MachineLayout,
  request: LockRequest,
  work: () => Promise<T>,
): Promise<T> {
  const held = await acquire(layout, request);
  try {
    held.describe(request.holder);
    return await work();
  } finally {
    held.release();
  }
}

async function acquire(layout: MachineLayout, request: LockRequest): Promise<FileLock> {
  try {
    makeFolders(layout.state);
    makeFolders(layout.profile);
    const held = tryLock(layout.lock);
    if (held !== undefined) return held;
  } catch (error) {
    throw permissionError(error, layout.root || '/');
  }
  const holder = holderOf(layout.lock);
  if (!request.wait) throw lockedError(layout, holder);
  request.onWait?.(holder);
  return lock(layout.lock, request.signal === undefined ? {} : { signal: request.signal });
}

function lockedError(layout: MachineLayout, holder: string): ActivateError {
  const who = holder === '' ? 'another process' : holder;
  return new ActivateError('activate/locked', `'${layout.root || '/'}' is being switched by ${who}`, {
    details: { root: layout.root || '/', holder },
    hint: 'wait for it with --wait',
  });
}

/** Whether a switch is under way at this moment. */
export function isLocked(layout: MachineLayout): boolean {
  try {
    const held = tryLock(layout.lock, 'shared');
    held?.release();
    return held === undefined;
  } catch {
    // Who may not open the lock cannot tell.
    return false;
  }
}

/** Who holds the lock at this moment; undefined when nobody does. */
export function lockHolder(layout: MachineLayout): string | undefined {
  return isLocked(layout) ? holderOf(layout.lock) || 'another process' : undefined;
}
