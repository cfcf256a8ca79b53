/**
 * Base 64 with the usual alphabet. The reader is as lenient as Nix's: line breaks are skipped, padding may be absent,
 * and what follows the first `=` does not count.
 */
import { FormatError, type FormatErrorCode } from './errors.ts';

/** @throws FormatError of the given code for a character that is not of the alphabet */
export function decodeBase64(text: string, code: FormatErrorCode): Uint8Array {
  const digits = text.replaceAll('\n', '').replace(/=.*$/s, '');
  const foreign = /[^0-9A-Za-z+/]/.exec(digits);
  if (foreign === null) return Buffer.from(digits, 'base64');
  throw new FormatError(code, `invalid character in Base64 string: '${foreign[0]}'`);
}

export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
