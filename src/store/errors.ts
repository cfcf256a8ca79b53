/** The closed error family of the store, and how errors of the system and of the database become members of it. */
import * as fs from 'node:fs';
import { dirname } from 'node:path';
import { type ErrorDetails, errnoOf, SysbuildError } from '../base/errors.ts';

export type StoreErrorCode =
  /** The path is not a valid (registered) path of this store. */
  | 'store/not-valid'
  /** A path was to be registered that refers to one that is not valid. */
  | 'store/reference-not-valid'
  /** Paths were to be registered that refer to each other in a circle. */
  | 'store/reference-cycle'
  /** Bytes do not have the hash or the size that they should have. */
  | 'store/hash-mismatch'
  /** A path claims a content address that does not lead to it. */
  | 'store/content-address-mismatch'
  /** A path is named as a derivation and does not hold one. */
  | 'store/not-a-derivation'
  /** A file that is neither regular, nor a directory, nor a symbolic link. */
  | 'store/unsupported-file-type'
  /** Two names of one folder that the file system takes for one. */
  | 'store/name-collision'
  /** What should be added is not there. */
  | 'store/no-such-file'
  /** Two paths are known for one output of one derivation. */
  | 'store/realisation-conflict'
  /** A path cannot be deleted because it is still needed. */
  | 'store/path-in-use'
  /** A root cannot be made where something else stands. */
  | 'store/root-in-the-way'
  /** The store's folder, or one above it, is a symbolic link. */
  | 'store/symlinked'
  /** Permission is missing. */
  | 'store/permission'
  /** The store was opened for reading only, or its file system is mounted so. */
  | 'store/read-only'
  | 'store/disk-full'
  /** The database is damaged, empty or missing. */
  | 'store/database-corrupt'
  /** The database has a schema of another version. */
  | 'store/schema'
  /** No signature by a trusted key, and no content address that would make one needless. */
  | 'store/not-trusted'
  /** A cache cannot be reached, or answers with a failure of its own. */
  | 'store/cache-unreachable'
  /** A cache wants other credentials, or none of ours will do. */
  | 'store/cache-denied'
  /** A cache says what cannot be, or gives something else than it announced. */
  | 'store/cache-broken'
  /** A cache is for stores with another folder. */
  | 'store/cache-other-store'
  /** No cache has, or will be believed to have, what is needed. */
  | 'store/not-in-caches'
  /** A form of compression that is not known, or whose program is not installed; or data that is damaged. */
  | 'store/compression'
  /** The reference to a cache makes no sense. */
  | 'store/cache-uri'
  /** What is to be imported is damaged, or is no export. */
  | 'store/import'
  /** A tree that the form of an export cannot hold. */
  | 'store/export'
  /** Any other failure of the file system or the database. */
  | 'store/io';

export class StoreError extends SysbuildError {
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options: ErrorDetails = {}) {
    super(message, options);
    this.code = code;
  }
}

const permissionHint =
  'choose a store that you may write with --store DIR (paths and hashes stay the same), or run as the user that owns this one';
const fullHint =
  'free some space on that file system (`sysbuild gc` removes what nothing needs) and run the same again';
const corruptHint =
  'the files in the store are not touched; restore the database from a backup, or move the whole store away and build again';

/** Runs `work`; what the file system throws becomes a `StoreError`. `own` are the store's folders. */
export function translatingErrors<T>(own: readonly string[], work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw fileSystemError(error, own);
  }
}

/** The same for work that takes time. */
export async function translatingErrorsAsync<T>(own: readonly string[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw fileSystemError(error, own);
  }
}

/** The `StoreError` for an error of the file system; any other value is returned as it is. */
export function fileSystemError(error: unknown, own: readonly string[]): unknown {
  const errno = errnoOf(error);
  if (errno === undefined || errno.startsWith('ERR_') || error instanceof SysbuildError || !(error instanceof Error)) {
    return error;
  }
  const path = 'path' in error && typeof error.path === 'string' ? error.path : own[0]!;
  // Of files that are not the store's, such as sources, another store would say the same.
  const hint = own.some((folder) => path.startsWith(folder) || folder.startsWith(path)) ? permissionHint : undefined;
  const options = { details: { path, errno }, cause: error };
  switch (errno) {
    case 'ENOSPC':
    case 'EDQUOT':
      return diskFull(own[0]!, error);
    case 'EACCES':
    case 'EPERM':
      return new StoreError('store/permission', `no permission for '${path}'`, { ...options, hint });
    case 'EROFS':
      return new StoreError('store/read-only', `'${path}' is on a file system that is mounted read-only`, {
        ...options,
        hint,
      });
    default:
      return new StoreError('store/io', error.message, options);
  }
}

/** SQLite's primary result codes that have a meaning of their own here. */
const sqlite = {
  perm: 3,
  busy: 5,
  locked: 6,
  readOnly: 8,
  io: 10,
  corrupt: 11,
  full: 13,
  cantOpen: 14,
  protocol: 15,
  notADatabase: 26,
};

/** SQLite's result code of an error of the database (the primary one: its low byte), or undefined. */
export function sqliteCode(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
    ? error.errcode & 0xff
    : undefined;
}

/** Whether another process is in the way, so that the same will work later. */
export function isBusy(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === sqlite.busy || code === sqlite.locked || code === sqlite.protocol;
}

/** The `StoreError` for an error of the database at `file`; any other value is returned as it is. */
export function databaseError(error: unknown, file: string): unknown {
  const code = sqliteCode(error);
  if (code === undefined || !(error instanceof Error)) return error;
  const options = { details: { database: file, sqlite: code }, cause: error };
  switch (code) {
    case sqlite.full:
      return diskFull(dirname(file), error);
    case sqlite.corrupt:
    case sqlite.notADatabase:
      return databaseCorrupt(file, error.message, error);
    case sqlite.perm:
    case sqlite.readOnly:
    case sqlite.cantOpen:
      return new StoreError('store/permission', `cannot open the store's database '${file}' for writing`, {
        ...options,
        hint: permissionHint,
      });
    case sqlite.io:
      return isFull(dirname(file))
        ? diskFull(dirname(file), error)
        : new StoreError('store/io', `the store's database '${file}': ${error.message}`, options);
    default:
      return new StoreError('store/io', `the store's database '${file}': ${error.message}`, options);
  }
}

export function databaseCorrupt(file: string, what: string, cause?: unknown): StoreError {
  return new StoreError('store/database-corrupt', `the store's database '${file}' is damaged: ${what}`, {
    hint: corruptHint,
    details: { database: file },
    cause,
  });
}

export function notValid(path: string): StoreError {
  return new StoreError('store/not-valid', `path '${path}' is not valid`, { details: { path } });
}

export function referenceNotValid(path: string, reference: string): StoreError {
  return new StoreError('store/reference-not-valid', `path '${path}' refers to '${reference}', which is not valid`, {
    details: { path, reference },
  });
}

function diskFull(folder: string, cause: unknown): StoreError {
  return new StoreError('store/disk-full', `no space left on the file system of '${folder}'`, {
    hint: fullHint,
    details: { folder },
    cause,
  });
}

/** Whether less than one MiB is left: SQLite reports a full disk as an I/O error where it maps its index file. */
function isFull(folder: string): boolean {
  try {
    const state = fs.statfsSync(folder);
    return state.bavail * state.bsize < 1024 * 1024;
  } catch {
    return false;
  }
}
