/** Errors of caches, in the words that all of them share. */
import { StoreError } from '../errors.ts';

/** A cache says what cannot be. */
export function broken(uri: string, what: string, cause?: unknown): StoreError {
  return new StoreError('store/cache-broken', `the cache '${uri}' is broken: ${what}`, {
    details: { cache: uri, what },
    cause,
  });
}

export function unreachable(uri: string, what: string, cause?: unknown): StoreError {
  return new StoreError('store/cache-unreachable', `the cache '${uri}' does not work: ${what}`, {
    details: { cache: uri, what },
    cause,
  });
}

export function denied(uri: string, what: string): StoreError {
  return new StoreError('store/cache-denied', `the cache '${uri}' refuses: ${what}`, {
    hint: 'name a user and password for its host in the file of the setting netrc-file, or give the right token',
    details: { cache: uri, what },
  });
}
