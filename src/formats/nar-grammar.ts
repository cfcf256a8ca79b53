/**
 * The grammar of Nix archives, in framed strings (see `wire.ts`):
 *
 *     nar     := "nix-archive-1" node
 *     node    := "(" "type" body ")"
 *     body    := "regular" ["executable" ""] "contents" <bytes> | "symlink" "target" <bytes> | "directory" entry*
 *     entry   := "entry" "(" "name" <bytes> "node" node ")"
 *
 * One tree has one archive: readers and writers both enforce that names are sorted bytewise and unique, are not
 * empty, `.` or `..` and hold neither `/` nor NUL; that targets are not empty and hold no NUL; that padding is zero;
 * and the limits below. Owners, times, and permissions other than "executable" are not in an archive.
 */
import { FormatError } from './errors.ts';

/**
 * A tree as a sequence: `tree := regular data* end | symlink | directory (entry tree)* end`. The bytes of a file
 * come as any number of non-empty pieces. Names and targets are byte strings.
 */
export type NarEvent =
  | { readonly type: 'directory' }
  | { readonly type: 'entry'; readonly name: string }
  | { readonly type: 'regular'; readonly executable: boolean; readonly size: number }
  | { readonly type: 'data'; readonly bytes: Uint8Array }
  | { readonly type: 'symlink'; readonly target: string }
  | { readonly type: 'end' };

export const narMagic = 'nix-archive-1';

export const narLimits = {
  /** Nodes inside one another, the root included. */
  depth: 64,
  /** Bytes of a file name. */
  name: 255,
  /** Bytes of a symlink's target. */
  target: 4095,
  /** Bytes of a keyword, known or not. */
  token: 32,
} as const;

/**
 * @param previous the name before it in the directory, or '' for the first
 * @throws FormatError `formats/nar-name`, `formats/nar-order`
 */
export function checkEntryName(name: string, previous: string): void {
  if (name === '' || name === '.' || name === '..' || name.length > narLimits.name || /[/\0]/.test(name)) {
    throw new FormatError('formats/nar-name', `NAR contains invalid file name '${name}'`, { details: { name } });
  }
  if (name <= previous) {
    throw new FormatError('formats/nar-order', 'NAR directory is not sorted', { details: { name, previous } });
  }
}

/** @throws FormatError `formats/nar-target` */
export function checkTarget(target: string): void {
  if (target !== '' && target.length <= narLimits.target && !target.includes('\0')) return;
  throw new FormatError('formats/nar-target', 'NAR contains invalid symlink target', { details: { target } });
}

/** @throws FormatError `formats/nar-depth` when a node of this depth (the root's is 0) is too deep */
export function checkDepth(depth: number): void {
  if (depth < narLimits.depth) return;
  const message = `NAR directory nesting exceeds maximum depth of ${narLimits.depth}`;
  throw new FormatError('formats/nar-depth', message, { details: { depth } });
}
