/**
 * The lock of one store path, held while its bytes are made: the file `<path>.lock` beside it, as Nix has it. The
 * file stays empty: to Nix one with content is a lock that was given up.
 */

import { invariant } from '../../base/assert.ts';
import { type FileLock, lock, lockSync } from '../../base/file-lock.ts';

export interface PathLocks {
  release(): void;
}

/** Locks that this process holds: waiting for one of them would be waiting for ever. */
const ours = new Set<string>();

/** Locks one physical path, blocking the process while another one holds it. */
export function lockPathSync(realPath: string, onWait: () => void): PathLocks {
  const file = `${realPath}.lock`;
  invariant(!ours.has(file), `'${file}' is locked by this process already`);
  const held = lockSync(file, { onWait });
  ours.add(file);
  return heldLocks([held]);
}

/** Locks physical paths, in one order for everybody. `onWait` gets the path that is waited for. */
export async function lockPaths(
  realPaths: Iterable<string>,
  options: { signal?: AbortSignal | undefined; onWait?: ((realPath: string) => void) | undefined } = {},
): Promise<PathLocks> {
  const held: FileLock[] = [];
  const all = heldLocks(held);
  try {
    for (const path of [...new Set(realPaths)].sort()) {
      const file = `${path}.lock`;
      held.push(
        await lock(file, {
          ...(options.signal === undefined ? {} : { signal: options.signal }),
          onWait: () => options.onWait?.(path),
        }),
      );
      ours.add(file);
    }
    return all;
  } catch (error) {
    all.release();
    throw error;
  }
}

function heldLocks(locks: readonly FileLock[]): PathLocks {
  let released = false;
  return {
    release() {
      if (released) return;
      released = true;
      for (const held of locks) {
        ours.delete(held.path);
        held.remove();
      }
    },
  };
}
