/**
 * System calls that Node does not have, called in the C library of this process. Loaded when the first one is needed;
 * undefined where the library for such calls has no build for this machine: then programs do the same, more slowly.
 *
 * Numbers that are not 0 are `errno`; see errno(3).
 */
import { createRequire } from 'node:module';

export interface SystemCalls {
  /** flock(2) on an open file. */
  flock(fd: number, operation: number): number;
  /** syncfs(2): returns when everything that was written to the file system of an open file is on disk. */
  syncfs(fd: number): number;
  /** The same without blocking this thread. */
  syncfsLater(fd: number): Promise<number>;
  /** renameat2(2): two files or trees of one file system change places, in one step. */
  exchange(one: Uint8Array, other: Uint8Array): number;
  /** mknod(2): a named pipe or a device node; ENOSYS where the C library is too old to have it by that name. */
  makeNode(path: Uint8Array, mode: number, device: number): number;
  /** Names of the extended attributes of a file, directory or link; empty where the file system has none. */
  extendedAttributes(path: Uint8Array): string[];
  removeExtendedAttribute(path: Uint8Array, name: string): number;
  /** lckpwdf(3): the lock of all that changes accounts; waits up to 15 seconds. */
  lockAccounts(): number;
  unlockAccounts(): number;
}

/** Operations of flock(2). */
export const flockOperations = { shared: 1, exclusive: 2, nonblocking: 4, unlock: 8 } as const;
/** The same on all machines with Linux. */
export const errnos = { EINTR: 4, EWOULDBLOCK: 11, ERANGE: 34, ENOSYS: 38, ENODATA: 61 } as const;
/** What mknod(2) makes, to be joined with a mode. */
export const nodeKinds = { pipe: 0o010000, characterDevice: 0o020000 } as const;

/** AT_FDCWD and RENAME_EXCHANGE. */
const hereFolder = -100;
const exchangeFlag = 2;

export interface CFunction {
  (...values: (number | Uint8Array)[]): number;
  /** On a thread of Node's; after the values comes what is called at the end. */
  async(...values: readonly unknown[]): void;
}

/** What is used of the library. */
export interface ForeignLibrary {
  /** @param file as the loader finds it; null: what this process has loaded already */
  load(file: string | null): { func(prototype: string): CFunction };
  errno(): number;
}

/** For functions of other libraries; undefined where there is no build of it for this machine. */
export function foreignLibrary(): ForeignLibrary | undefined {
  try {
    return createRequire(import.meta.filename)('koffi') as ForeignLibrary;
  } catch {
    return undefined;
  }
}

let loaded: { readonly calls: SystemCalls | undefined } | undefined;

export function systemCalls(): SystemCalls | undefined {
  loaded ??= { calls: load() };
  return loaded.calls;
}

/** For tests: do without, until called with false. */
export function withoutSystemCalls(without: boolean): void {
  loaded = without ? { calls: undefined } : undefined;
}

function load(): SystemCalls | undefined {
  const library = foreignLibrary();
  return library === undefined ? undefined : bind(library);
}

function bind(library: ForeignLibrary): SystemCalls {
  const self = library.load(null);
  const flock = self.func('int flock(int fd, int operation)');
  const syncfs = self.func('int syncfs(int fd)');
  const list = self.func('long llistxattr(const uint8_t *path, _Out_ uint8_t *names, size_t size)');
  const remove = self.func('int lremovexattr(const uint8_t *path, const uint8_t *name)');
  const lockAccounts = self.func('int lckpwdf(void)');
  const unlockAccounts = self.func('int ulckpwdf(void)');
  const checked = (result: number): number => (result === 0 ? 0 : library.errno());
  const rename = self.func(
    'int renameat2(int fromFolder, const uint8_t *from, int toFolder, const uint8_t *to, uint flags)',
  );
  const makeNode = optional(() => self.func('int mknod(const uint8_t *path, uint mode, uint64_t device)'));
  const names = Buffer.alloc(65_536); // no list is longer
  return {
    flock: (fd, operation) => checked(flock(fd, operation)),
    syncfs: (fd) => checked(syncfs(fd)),
    syncfsLater: (fd) =>
      new Promise((resolve, reject) => {
        syncfs.async(fd, (error: unknown, result: number) => (error ? reject(error) : resolve(result)));
      }),
    exchange: (one, other) => checked(rename(hereFolder, terminated(one), hereFolder, terminated(other), exchangeFlag)),
    makeNode: (path, mode, device) =>
      makeNode === undefined ? errnos.ENOSYS : checked(makeNode(terminated(path), mode, device)),
    extendedAttributes(path) {
      const length = list(terminated(path), names, names.length);
      return length <= 0 ? [] : names.toString('latin1', 0, length - 1).split('\0');
    },
    removeExtendedAttribute: (path, name) => checked(remove(terminated(path), terminated(Buffer.from(name, 'latin1')))),
    lockAccounts: () => checked(lockAccounts()),
    unlockAccounts: () => checked(unlockAccounts()),
  };
}

function optional(find: () => CFunction): CFunction | undefined {
  try {
    return find();
  } catch {
    return undefined;
  }
}

/** As C has strings. */
function terminated(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(1)]);
}
