/** Digests of bytes and byte strings, at once or in pieces. */
import { createRequire } from 'node:module';
import { isAscii } from '../base/bytes.ts';
import { crypto } from './crypto.ts';
import type { Hash, HashAlgorithm } from './hash.ts';

/** A digest under way. `digest` ends it; a hasher is used once. */
export interface Hasher {
  /** A string is a byte string. */
  update(data: Uint8Array | string): void;
  digest(): Hash;
}

export function createHasher(algorithm: HashAlgorithm): Hasher {
  const state = begin(algorithm);
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
  if (algorithm !== 'blake3') return { algorithm, bytes: crypto().hash(algorithm, hashable(data), 'buffer') };
  const state = blake3();
  if (typeof data === 'string') state.update(data, 'latin1');
  else state.update(data);
  return { algorithm, bytes: state.digest() };
}

/** The digest in lower-case base16. */
export function hashHex(algorithm: Exclude<HashAlgorithm, 'blake3'>, data: Uint8Array | string): string {
  return crypto().hash(algorithm, hashable(data), 'hex');
}

/** SHA-256 of a byte string or bytes as lower-case base16. */
export function sha256Hex(data: Uint8Array | string): string {
  return hashHex('sha256', data);
}

/**
 * Hashing in one call takes a sixth of what an object for it does, but reads strings as Unicode: those that are not
 * ASCII go as bytes, as do long ones, which are not worth looking through.
 */
function hashable(data: Uint8Array | string): Uint8Array | string {
  if (typeof data !== 'string' || (data.length <= 64 && isAscii(data))) return data;
  return Buffer.from(data, 'latin1');
}

/** What Node's hashes and those of the library have in common. */
interface State {
  update(data: Uint8Array): unknown;
  update(data: string, encoding: 'latin1'): unknown;
  digest(): Uint8Array;
}

function begin(algorithm: HashAlgorithm): State {
  return algorithm === 'blake3' ? blake3() : crypto().createHash(algorithm);
}

interface Blake3 {
  readonly blake3: { create(): { update(data: Uint8Array): unknown; digest(): Uint8Array } };
}

/** Node has none. The library is loaded when it is first used: nearly nobody does. */
function blake3(): State {
  const library = createRequire(import.meta.filename)('@noble/hashes/blake3.js') as Blake3;
  const state = library.blake3.create();
  return {
    update: (data: Uint8Array | string) => state.update(typeof data === 'string' ? Buffer.from(data, 'latin1') : data),
    digest: () => state.digest(),
  };
}
