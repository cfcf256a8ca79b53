/** One path of the machine as a walk over its file systems sees it. Paths and targets are byte strings. */

export type EntryKind = 'file' | 'directory' | 'symlink' | 'other';

export interface Entry {
  /** As a path of the machine, `/` for its root. */
  readonly path: string;
  readonly kind: EntryKind;
  /** Permission bits, with setuid, setgid and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes, as the file system gives them; 0 for anything but files. */
  readonly size: number;
  /** Where a link leads. */
  readonly target: string;
  /** Milliseconds since 1970, of the content and of the inode. No program can set the second one. */
  readonly modified: number;
  readonly changed: number;
  /**
   * All that the kernel says of the inode: device, number, kind, mode, owner, size, both times in nanoseconds. As long
   * as it is the same, so is the content; see `isSettled`.
   */
  readonly stamp: string;
}

/** A clock tick of the kernel, twice: within it a file can change again without another time. */
const tick = 40;

/**
 * Whether a stamp that was read at a time vouches for content that was read after it. A file that changed in the same
 * tick could change once more and look the same: its content has to be read again next time.
 */
export function isSettled(entry: Pick<Entry, 'changed'>, readAt: number): boolean {
  return entry.changed < readAt - tick;
}

/** The folder that a path is in: `/` for `/etc`. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash <= 0 ? '/' : path.slice(0, slash);
}

/** A path with a name appended. */
export function below(folder: string, name: string): string {
  return folder === '/' ? `/${name}` : `${folder}/${name}`;
}

/** Whether a path is a folder or in it. */
export function isWithin(path: string, folder: string): boolean {
  return folder === '/' || path === folder || path.startsWith(`${folder}/`);
}

/** The folder of each path of a walk: neighbours share theirs. */
export class FolderCursor {
  #folder = '/';
  #prefix = '/';

  folderOf(path: string): string {
    const slash = path.lastIndexOf('/');
    if (slash + 1 === this.#prefix.length && path.startsWith(this.#prefix)) return this.#folder;
    this.#folder = slash <= 0 ? '/' : path.slice(0, slash);
    this.#prefix = slash <= 0 ? '/' : path.slice(0, slash + 1);
    return this.#folder;
  }
}
