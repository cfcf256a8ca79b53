/**
 * Paths on disk whose names need not be UTF-8. In the files of this folder a *raw path* is a byte string; the file
 * system gets it as a string where it is ASCII, which it nearly always is, and as bytes elsewhere.
 */
import { byteString, bytesOf, fromUnicode } from '../../base/bytes.ts';

/** The raw path of a path as Node has it: a string is taken as UTF-8, bytes as they are. */
export function rawPathOf(path: string | Uint8Array): string {
  return typeof path === 'string' ? fromUnicode(path) : byteString(path);
}

/** What functions of `node:fs` take for a raw path. */
export function native(rawPath: string): string | Buffer {
  return /^[\x00-\x7f]*$/.test(rawPath) ? rawPath : bytesOf(rawPath);
}
