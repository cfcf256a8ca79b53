/**
 * Named Ed25519 keys and signatures, as texts: `name ':' base64`. A secret key is 64 bytes, its seed and then its
 * public key; a public key 32; a signature 64. The name may not be empty and ends at the first colon.
 */
import type { KeyObject } from 'node:crypto';
import { bytesOf } from '../base/bytes.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';
import { crypto } from './crypto.ts';
import { FormatError } from './errors.ts';

const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');
const seedLength = 32;
const publicLength = 32;
const signatureLength = 64;

export interface Signature {
  readonly keyName: string;
  readonly bytes: Uint8Array;
}

/** @throws FormatError `formats/signature` */
export function parseSignature(text: string): Signature {
  const { name, bytes } = parseNamed(text, 'formats/signature', 'signature', signatureLength);
  return { keyName: name, bytes };
}

export function formatSignature(signature: Signature): string {
  return `${signature.keyName}:${encodeBase64(signature.bytes)}`;
}

export class SecretKey {
  readonly name: string;
  readonly publicKey: PublicKey;
  private readonly seed: Uint8Array;
  private readonly key: KeyObject;

  /** A key of 32 bytes of randomness, which is the caller's to find. */
  constructor(name: string, seed: Uint8Array) {
    this.name = name;
    this.seed = seed;
    this.key = crypto().createPrivateKey({ key: Buffer.concat([pkcs8Prefix, seed]), format: 'der', type: 'pkcs8' });
    const spki = crypto().createPublicKey(this.key).export({ format: 'der', type: 'spki' });
    this.publicKey = new PublicKey(name, spki.subarray(spkiPrefix.length));
  }

  /** @throws FormatError `formats/key`, which never shows the key */
  static parse(text: string): SecretKey {
    const { name, bytes } = parseNamed(text.trim(), 'formats/key', 'secret key', seedLength + publicLength);
    const key = new SecretKey(name, bytes.subarray(0, seedLength));
    if (Buffer.compare(key.publicKey.bytes, bytes.subarray(seedLength)) === 0) return key;
    throw new FormatError('formats/key', `the secret key '${name}' has the public key of another`, {
      details: { name },
    });
  }

  /** The secret text. */
  format(): string {
    return `${this.name}:${encodeBase64(Buffer.concat([this.seed, this.publicKey.bytes]))}`;
  }

  /** @param data a byte string, such as the fingerprint of a path */
  sign(data: string): Signature {
    return { keyName: this.name, bytes: crypto().sign(null, bytesOf(data), this.key) };
  }
}

export class PublicKey {
  readonly name: string;
  readonly bytes: Uint8Array;
  private readonly key: KeyObject;

  constructor(name: string, bytes: Uint8Array) {
    this.name = name;
    this.bytes = bytes;
    this.key = crypto().createPublicKey({ key: Buffer.concat([spkiPrefix, bytes]), format: 'der', type: 'spki' });
  }

  /** @throws FormatError `formats/key` */
  static parse(text: string): PublicKey {
    const { name, bytes } = parseNamed(text.trim(), 'formats/key', 'public key', publicLength);
    return new PublicKey(name, bytes);
  }

  format(): string {
    return `${this.name}:${encodeBase64(this.bytes)}`;
  }

  /** Whether a signature is by the key of this name, and right. */
  verify(data: string, signature: Signature): boolean {
    return signature.keyName === this.name && crypto().verify(null, bytesOf(data), this.key, signature.bytes);
  }
}

/** The keys by their names; of two with one name, the first. */
export function publicKeys(texts: Iterable<string>): Map<string, PublicKey> {
  const keys = new Map<string, PublicKey>();
  for (const text of texts) {
    const key = PublicKey.parse(text);
    if (!keys.has(key.name)) keys.set(key.name, key);
  }
  return keys;
}

/** Whether a signature is right by the key that it names. An unknown key is no right one. */
export function verifySignature(data: string, signature: Signature, keys: ReadonlyMap<string, PublicKey>): boolean {
  return keys.get(signature.keyName)?.verify(data, signature) ?? false;
}

function parseNamed(
  text: string,
  code: 'formats/key' | 'formats/signature',
  what: string,
  length: number,
): { name: string; bytes: Uint8Array } {
  const colon = text.indexOf(':');
  if (colon <= 0) throw new FormatError(code, `${what} is corrupt`);
  const bytes = decodeBase64(text.slice(colon + 1), code);
  if (bytes.length !== length)
    throw new FormatError(code, `${what} is not valid`, { details: { bytes: bytes.length } });
  return { name: text.slice(0, colon), bytes };
}
