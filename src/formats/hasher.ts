/** Digests of bytes and byte strings, at once or in pieces. */
import { crypto } from './crypto.ts';
import { FormatError } from './errors.ts';
import type { Hash, HashAlgorithm } from './hash.ts';

/** A digest under way. `digest` ends it; a hasher is used once. */
export interface Hasher {
  /** A string is a byte string. */
  update(data: Uint8Array | string): void;
  digest(): Hash;
}

/** @throws FormatError `formats/hash-algorithm` for BLAKE3, which is an experimental feature of Nix that is not here */
export function createHasher(algorithm: HashAlgorithm): Hasher {
  const state = crypto().createHash(supported(algorithm));
  return {
    update(data) {
      if (typeof data === 'string') state.update(data, 'latin1');
      else state.update(data);
    },
    digest: () => ({ algorithm, bytes: state.digest() }),
  };
}

/** The digest of bytes or of a byte string. */
export function hashBytes(algorithm: HashAlgorithm, data: Uint8Array | string): Hash {
  return { algorithm, bytes: digest(supported(algorithm), data) };
}

/** SHA-256 of a byte string or bytes as lower-case base16. */
export function sha256Hex(data: Uint8Array | string): string {
  const state = crypto().createHash('sha256');
  return (typeof data === 'string' ? state.update(data, 'latin1') : state.update(data)).digest('hex');
}

function digest(algorithm: string, data: Uint8Array | string): Uint8Array {
  const state = crypto().createHash(algorithm);
  return (typeof data === 'string' ? state.update(data, 'latin1') : state.update(data)).digest();
}

function supported(algorithm: HashAlgorithm): string {
  if (algorithm !== 'blake3') return algorithm;
  throw new FormatError('formats/hash-algorithm', 'BLAKE3 hashes are not supported', { details: { algorithm } });
}
