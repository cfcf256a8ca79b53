/** Copies closures from a local store into a binary cache. */
import * as fs from 'node:fs';
import { mapBounded } from '../base/async.ts';
import { Activity, type Sink } from '../base/events.ts';
import { formatSignature, hashPartOf, type SecretKey, type StorePath } from '../formats/index.ts';
import { type BinaryCache, narInfoName } from './caches/binary-cache.ts';
import { type Packing, packNar } from './caches/packed-nar.ts';
import { realisationName, recordFingerprint } from './caches/realisation-file.ts';
import { StoreError } from './errors.ts';
import type { LocalStore } from './local/local-store.ts';
import { recordsOf } from './local/records.ts';
import type { Realisation } from './store.ts';
import { withSignatures } from './trust.ts';

export interface CopyToCacheOptions extends Packing {
  /** Sign what is copied with these, beside the signatures that it has. */
  readonly keys?: readonly SecretKey[] | undefined;
  /** Paths packed and sent at once. */
  readonly parallel?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly sink: Sink;
}

const usualParallel = 16;
const questions = 32;

/** Returns the paths that the cache did not have; each is there only after all that it refers to. */
export async function copyToCache(
  store: LocalStore,
  cache: BinaryCache,
  paths: Iterable<StorePath>,
  options: CopyToCacheOptions,
): Promise<StorePath[]> {
  const { signal, sink } = options;
  await checkFolder(cache, signal);
  const closure = store.closure(paths);
  store.addTempRoots(closure);
  await cache.initialise(signal);
  const there = await mapBounded(closure, questions, (path) =>
    cache.transport.exists(narInfoName(hashPartOf(path)), signal),
  );
  const missing = closure.filter((_, index) => !there[index]);
  const activity = new Activity(sink, 'copy', cache.uri);
  let ok = false;
  try {
    await copyMissing(store, cache, missing, options, activity);
    await copyRecords(cache, recordsOf(store.parts, closure), options);
    ok = true;
  } finally {
    activity.stop(ok);
  }
  return missing;
}

async function copyMissing(
  store: LocalStore,
  cache: BinaryCache,
  missing: readonly StorePath[],
  options: CopyToCacheOptions,
  activity: Activity,
): Promise<void> {
  const written = new Map<StorePath, Promise<void>>();
  const failed = new AbortController();
  const signal = options.signal === undefined ? failed.signal : AbortSignal.any([options.signal, failed.signal]);
  let done = 0;
  const copyOne = async (path: StorePath): Promise<void> => {
    signal.throwIfAborted();
    const info = store.requireInfo(path);
    const signed = { ...info, signatures: withSignatures(info, options.keys ?? []) };
    const packed = await packNar(signed, store, () => cache.transport.scratchFolder(), options);
    try {
      await cache.writeNar(packed.info.url, packed.archive, signal);
    } finally {
      if (typeof packed.archive === 'string') fs.rmSync(packed.archive, { force: true });
    }
    // Those began before, and this order is that of references: nobody waits in a circle.
    for (const reference of info.references) if (reference !== path) await written.get(reference);
    await cache.writeNarInfo(packed.info, signal);
    activity.progress(++done, missing.length, 'items');
  };
  activity.progress(0, missing.length, 'items');
  await mapBounded(missing, options.parallel ?? usualParallel, (path) => {
    const copied = copyOne(path);
    written.set(path, copied);
    // The others are ended, and waited for.
    return copied.catch((error: unknown) => failed.abort(error));
  });
  signal.throwIfAborted();
}

/** What is a record worth without a signature? Nothing to others, but to those who trust the whole cache. */
async function copyRecords(
  cache: BinaryCache,
  records: readonly Realisation[],
  { keys = [], signal }: CopyToCacheOptions,
): Promise<void> {
  await mapBounded(records, questions, async (record) => {
    if (await cache.transport.exists(realisationName(record.drvPath, record.outputName), signal)) return;
    const text = recordFingerprint(record);
    const signatures = keys.map((key) => formatSignature(key.sign(text)));
    await cache.writeRealisation(record, signatures, signal);
  });
}

async function checkFolder(cache: BinaryCache, signal: AbortSignal | undefined): Promise<void> {
  const storeDir = (await cache.info(signal))?.storeDir;
  if (storeDir === undefined || storeDir === cache.storeDir) return;
  throw new StoreError(
    'store/cache-other-store',
    `'${cache.uri}' is for stores at '${storeDir}', not '${cache.storeDir}'`,
    {
      details: { cache: cache.uri, storeDir, expected: cache.storeDir },
    },
  );
}
