/**
 * Bytes and byte strings. A *byte string* is a JavaScript string whose every character is one byte (latin1): it
 * compares, sorts and slices bytewise. The language's strings, NAR entry names and derivations are byte strings.
 */

/** The bytes of a byte string. */
export function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

/** The byte string of some bytes. */
export function byteString(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/** A JavaScript (UTF-16) string as the byte string of its UTF-8 form. */
export function fromUnicode(text: string): string {
  return isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

/** A byte string read as UTF-8; what is not UTF-8 becomes U+FFFD. */
export function toUnicode(text: string): string {
  return isAscii(text) ? text : Buffer.from(text, 'latin1').toString('utf8');
}

export function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false;
  return true;
}

/** Bytewise order for byte strings (and for any ASCII text): negative, zero or positive. */
export function compareBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
