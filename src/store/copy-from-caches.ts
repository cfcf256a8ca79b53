/** Copies closures from binary caches into a local store. */
import type { Sink } from '../base/events.ts';
import type { StorePath } from '../formats/index.ts';
import { Downloader } from './caches/downloader.ts';
import type { Offer, Substituters } from './caches/substituters.ts';
import { StoreError } from './errors.ts';
import type { LocalStore } from './local/local-store.ts';

export interface CopyFromOptions {
  /** Archives under way at once. */
  readonly parallel?: number | undefined;
  readonly sink: Sink;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Returns the paths that became valid. Throws `StoreError` `store/not-in-caches` before anything is fetched when a
 * path, or something that it needs, cannot be had; when something goes wrong later, what was had stays.
 */
export async function copyFromCaches(
  substituters: Substituters,
  store: LocalStore,
  paths: Iterable<StorePath>,
  options: CopyFromOptions,
): Promise<StorePath[]> {
  const { offers, unavailable } = await substituters.plan(store, paths);
  options.signal?.throwIfAborted();
  for (const [path, missing] of unavailable) throw notThere(path, missing);
  const downloader = new Downloader(store, substituters, options);
  try {
    const failures = await downloader.fetch(offers);
    options.signal?.throwIfAborted();
    for (const error of failures.values()) throw error;
    return pathsOf(offers);
  } finally {
    downloader.close();
  }
}

function pathsOf(offers: readonly Offer[]): StorePath[] {
  return offers.map(({ path }) => path);
}

function notThere(path: StorePath, missing: StorePath): StoreError {
  const what = path === missing ? `'${path}'` : `'${missing}', which '${path}' needs,`;
  return new StoreError('store/not-in-caches', `${what} is in no cache that is used and trusted`, {
    details: { path, missing },
  });
}
