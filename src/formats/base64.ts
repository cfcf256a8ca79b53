/** Base 64 with the usual alphabet. The reader takes it with or without its padding, and nothing else besides. */
import { FormatError, type FormatErrorCode } from './errors.ts';

/** @throws FormatError of the given code for a character that is not of the alphabet */
export function decodeBase64(text: string, code: FormatErrorCode): Uint8Array {
  const foreign = /[^0-9A-Za-z+/]/.exec(text.replace(/={1,2}$/, ''));
  if (foreign === null) return Buffer.from(text, 'base64');
  throw new FormatError(code, `invalid character in Base64 string: '${foreign[0]}'`);
}

export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
