/**
 * Hash values and their texts. Grammar, with the bytes in base16, nix32 or base64, told apart by their length:
 *
 *     hash := algorithm ':' digits | algorithm '-' base64 (SRI) | digits (where the algorithm is known)
 *
 * Upper-case base16 is read and never written.
 */
import { decodeBase64, encodeBase64 } from './base64.ts';
import { FormatError } from './errors.ts';
import { nix32Decode, nix32Encode, nix32Length } from './nixbase32.ts';

export type HashAlgorithm = 'md5' | 'sha1' | 'sha256' | 'sha512' | 'blake3';
export type HashBase = 'base16' | 'nix32' | 'base64' | 'sri';

export interface Hash {
  readonly algorithm: HashAlgorithm;
  readonly bytes: Uint8Array;
}

/** Bytes of a digest. */
export const hashSizes: Readonly<Record<HashAlgorithm, number>> = {
  md5: 16,
  sha1: 20,
  sha256: 32,
  sha512: 64,
  blake3: 32,
};

export function isHashAlgorithm(text: string): text is HashAlgorithm {
  return Object.hasOwn(hashSizes, text);
}

/** @throws FormatError `formats/hash-algorithm` */
export function parseHashAlgorithm(text: string): HashAlgorithm {
  if (isHashAlgorithm(text)) return text;
  throw new FormatError(
    'formats/hash-algorithm',
    `unknown hash algorithm '${text}', expect 'blake3', 'md5', 'sha1', 'sha256', or 'sha512'`,
    { details: { algorithm: text } },
  );
}

/**
 * A hash in any of its forms. The algorithm comes from the text or from the caller; where both name one, they agree.
 * @throws FormatError `formats/hash`, `formats/hash-algorithm`, `formats/nix32`
 */
export function parseHash(text: string, algorithm?: HashAlgorithm): Hash {
  return parseHashWithBase(text, algorithm).hash;
}

/** `parseHash`, and which form the text was in. */
export function parseHashWithBase(text: string, algorithm?: HashAlgorithm): { hash: Hash; base: HashBase } {
  const colon = text.indexOf(':');
  const cut = colon >= 0 ? colon : text.indexOf('-');
  const named = cut >= 0 ? parseHashAlgorithm(text.slice(0, cut)) : undefined;
  const known = named ?? algorithm;
  if (known === undefined) {
    throw badHash(text, `hash '${text}' does not include a type, nor is the type otherwise known from context`);
  }
  if (algorithm !== undefined && known !== algorithm)
    throw badHash(text, `hash '${text}' should have type '${algorithm}'`);
  const digits = text.slice(cut + 1);
  const base = cut >= 0 && colon < 0 ? 'sri' : baseOfLength(digits, known);
  return { hash: decode(digits, known, base), base };
}

/**
 * The digits alone, without a prefix.
 * @throws FormatError `formats/hash`, `formats/nix32`
 */
export function parseHashDigits(digits: string, algorithm: HashAlgorithm): Hash {
  return decode(digits, algorithm, baseOfLength(digits, algorithm));
}

/** The digits alone, except for SRI, which always names its algorithm. */
export function formatHash(hash: Hash, base: HashBase): string {
  switch (base) {
    case 'base16':
      return viewOf(hash.bytes).toString('hex');
    case 'nix32':
      return nix32Encode(hash.bytes);
    case 'base64':
      return encodeBase64(hash.bytes);
    case 'sri':
      return `${hash.algorithm}-${encodeBase64(hash.bytes)}`;
  }
}

/** `sha256:…`, or `sha256-…` for SRI. */
export function withPrefix(hash: Hash, base: HashBase): string {
  return base === 'sri' ? formatHash(hash, base) : `${hash.algorithm}:${formatHash(hash, base)}`;
}

export function hashEquals(a: Hash, b: Hash): boolean {
  return a.algorithm === b.algorithm && viewOf(a.bytes).equals(b.bytes);
}

/** A digest folded by exclusive or into `size` bytes, as the hash parts of store paths are made. */
export function compressHash(bytes: Uint8Array, size: number): Uint8Array {
  const folded = new Uint8Array(size);
  for (let i = 0; i < bytes.length; i++) folded[i % size]! ^= bytes[i]!;
  return folded;
}

function baseOfLength(digits: string, algorithm: HashAlgorithm): HashBase {
  const size = hashSizes[algorithm];
  if (digits.length === size * 2) return 'base16';
  if (digits.length === nix32Length(size)) return 'nix32';
  if (digits.length === Math.ceil(size / 3) * 4) return 'base64';
  throw badHash(digits, `hash '${digits}' has wrong length for hash algorithm '${algorithm}'`);
}

function decode(digits: string, algorithm: HashAlgorithm, base: HashBase): Hash {
  const bytes = decodeDigits(digits, base);
  if (bytes.length !== hashSizes[algorithm]) {
    const found = `length ${bytes.length} != expected length ${hashSizes[algorithm]}`;
    throw badHash(digits, `invalid ${base === 'sri' ? 'SRI' : base} hash '${digits}', ${found}`);
  }
  return { algorithm, bytes };
}

function decodeDigits(digits: string, base: HashBase): Uint8Array {
  if (base === 'nix32') return nix32Decode(digits);
  if (base !== 'base16') return decodeBase64(digits, 'formats/hash');
  const foreign = /[^0-9a-fA-F]/.exec(digits);
  if (foreign) throw badHash(digits, `invalid character in Base16 string: '${foreign[0]}'`);
  return Buffer.from(digits, 'hex');
}

function badHash(text: string, message: string): FormatError {
  return new FormatError('formats/hash', message, { details: { hash: text } });
}

function viewOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
