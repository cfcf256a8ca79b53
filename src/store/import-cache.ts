/** Imports everything that a folder holds that is a binary cache: all of it becomes valid, or nothing. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from '../base/errors.ts';
import { BinaryCache } from './caches/binary-cache.ts';
import { FileTransport } from './caches/file-transport.ts';
import { isVouchedFor, parseRecord, recordsFolder } from './caches/realisation-file.ts';
import { StoreError } from './errors.ts';
import { ImportBatch, type Imported, type ImportOptions } from './import-batch.ts';
import type { LocalStore } from './local/local-store.ts';
import { pathInfoOf } from './narinfo-path-info.ts';

/**
 * @param folder absolute
 * Throws `StoreError` and `FormatError`; then nothing was imported.
 */
export async function importCache(store: LocalStore, folder: string, options: ImportOptions): Promise<Imported> {
  const cache = new BinaryCache(new FileTransport(folder), store.storeDir);
  await checkCache(cache, folder);
  const batch = new ImportBatch(store, options);
  try {
    for (const name of fs.readdirSync(folder).sort()) {
      if (name.endsWith('.narinfo')) await takePath(store, cache, batch, join(folder, name));
    }
    takeRecords(store, join(folder, recordsFolder), batch, options);
    return await batch.finish();
  } finally {
    batch.close();
  }
}

async function checkCache(cache: BinaryCache, folder: string): Promise<void> {
  const info = await cache.info();
  if (info === undefined) throw new StoreError('store/import', `'${folder}' is no cache: it has no nix-cache-info`);
  if (info.storeDir === undefined || info.storeDir === cache.storeDir) return;
  throw new StoreError('store/cache-other-store', `'${folder}' is for stores at '${info.storeDir}'`, {
    details: { cache: folder, storeDir: info.storeDir, expected: cache.storeDir },
  });
}

async function takePath(store: LocalStore, cache: BinaryCache, batch: ImportBatch, file: string): Promise<void> {
  const info = cache.parseAny(fs.readFileSync(file, 'latin1'), file);
  const expected = pathInfoOf(info);
  if (store.isValid(info.path)) {
    batch.addKnown(info.path);
    return;
  }
  const nar = await cache.nar(info);
  if (nar === undefined) {
    throw new StoreError('store/import', `the cache lacks '${info.url}', the archive of '${info.path}'`, {
      details: { path: info.path, url: info.url },
    });
  }
  batch.add(expected, await batch.reception.receive(nar, expected));
}

function takeRecords(
  store: LocalStore,
  folder: string,
  batch: ImportBatch,
  { keys, requireSignatures = true }: ImportOptions,
): void {
  for (const drv of namesIn(folder)) {
    for (const output of namesIn(join(folder, drv))) {
      const record = parseRecord(store.storeDir, fs.readFileSync(join(folder, drv, output), 'latin1'));
      // A record that nobody vouches for is no harm: it is left out.
      if (!requireSignatures || isVouchedFor(record, keys)) batch.addRecord(record);
    }
  }
}

function namesIn(folder: string): string[] {
  try {
    return fs.readdirSync(folder).sort();
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}
