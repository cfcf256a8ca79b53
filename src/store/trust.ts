/**
 * What is believed of paths that come from elsewhere, and how we vouch for our own. Pure, but for `makeKey`.
 *
 * A path is believed when a trusted key signed it (path, hash, size and references), or when it is addressed by its
 * content: then the bytes prove it, once they were compared.
 */
import { randomBytes } from 'node:crypto';
import {
  FormatError,
  fingerprint,
  formatSignature,
  type PublicKey,
  parseSignature,
  SecretKey,
  type StorePath,
  verifySignature,
} from '../formats/index.ts';
import { addressedPath } from './content-address.ts';
import { StoreError } from './errors.ts';
import type { PathInfo } from './store.ts';

export type Keys = ReadonlyMap<string, PublicKey>;

/** What trust depends on. */
export type Claim = Pick<PathInfo, 'path' | 'narHash' | 'narSize' | 'references' | 'signatures' | 'contentAddress'>;

/** The names of the trusted keys whose signatures are right. */
export function trustedSigners(info: Claim, keys: Keys): string[] {
  const text = fingerprint(info);
  return info.signatures
    .map(parseSignature)
    .filter((signature) => verifySignature(text, signature, keys))
    .map(({ keyName }) => keyName);
}

export function isTrusted(storeDir: string, info: Claim, keys: Keys): boolean {
  return isContentAddressed(storeDir, info) || trustedSigners(info, keys).length > 0;
}

/** Whether a content address is claimed that leads to this very path. */
export function isContentAddressed(storeDir: string, info: Claim): boolean {
  try {
    return addressedPath(storeDir, info) === info.path;
  } catch (error) {
    if (error instanceof FormatError) return false; // an address that no path can have
    throw error;
  }
}

/** The error for a path that nobody trusted vouches for; says whose keys there are, and whose signatures. */
export function notTrusted(info: Claim, keys: Keys, from: string): StoreError {
  const signers = [...new Set(info.signatures.map((text) => parseSignature(text).keyName))];
  const signed = signers.length === 0 ? 'it has no signature' : `it is signed by ${signers.join(', ')}`;
  const trusted = keys.size === 0 ? 'no key is trusted' : `trusted are ${[...keys.keys()].join(', ')}`;
  return new StoreError('store/not-trusted', `'${info.path}' from ${from} is not trusted: ${signed}, and ${trusted}`, {
    hint: 'sign it on the side that it comes from (`sysbuild sign`), or add the key to trusted-public-keys on this one',
    details: { path: info.path, from, signers, trusted: [...keys.keys()] },
  });
}

/** The signatures of a path with those of `keys` among them, sorted. */
export function withSignatures(info: Claim, keys: Iterable<SecretKey>): string[] {
  const text = fingerprint(info);
  const own = [...keys].map((key) => formatSignature(key.sign(text)));
  return [...new Set([...info.signatures, ...own])].sort();
}

/** Where a signature can be put: a local store. */
export interface SignableStore {
  requireInfo(path: StorePath): PathInfo;
  addSignatures(path: StorePath, signatures: readonly string[]): void;
}

/** Signs paths of a store; returns those that had not all of these signatures before. */
export function signPaths(store: SignableStore, paths: Iterable<StorePath>, keys: readonly SecretKey[]): StorePath[] {
  const signed: StorePath[] = [];
  for (const path of paths) {
    const info = store.requireInfo(path);
    const signatures = withSignatures(info, keys);
    if (signatures.length === info.signatures.length) continue;
    store.addSignatures(path, signatures);
    signed.push(path);
  }
  return signed;
}

/** A new key. By custom its name says whose it is and which of them: `cache.example.org-1`. */
export function makeKey(name: string): SecretKey {
  if (!/^[^\s:]+$/.test(name)) {
    throw new StoreError('store/cache-uri', `'${name}' cannot be the name of a key`, {
      hint: 'a name has no colon and no space',
      details: { name },
    });
  }
  return new SecretKey(name, randomBytes(32));
}
