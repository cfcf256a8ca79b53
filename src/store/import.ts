/** Imports what was exported, in whatever form, compressed or not: the first bytes tell. */
import { decompress } from './caches/compression.ts';
import { StoreError } from './errors.ts';
import { importStream } from './export.ts';
import { markerName } from './export-tar.ts';
import type { Imported, ImportOptions } from './import-batch.ts';
import { importTar } from './import-tar.ts';
import type { LocalStore } from './local/local-store.ts';

const compressed: readonly (readonly [compression: string, magic: string])[] = [
  ['zstd', '28b52ffd'],
  ['gzip', '1f8b'],
  ['xz', 'fd377a585a00'],
  ['bzip2', '425a68'],
];

/** Throws `StoreError` and `FormatError`; then nothing was imported. */
export async function importClosure(
  store: LocalStore,
  input: AsyncIterable<Uint8Array>,
  options: ImportOptions,
): Promise<Imported> {
  const { head, whole } = await peeked(input, markerName.length);
  const compression = compressed.find(([, magic]) => head.toString('hex').startsWith(magic));
  if (compression !== undefined) return importClosure(store, decompress(compression[0], whole), options);
  if (head.toString('latin1') === markerName) return importTar(store, whole, options);
  // The first integer of the other form.
  if (/^0[01]0{14}/.test(head.toString('hex'))) return importStream(store, whole, options);
  await whole.return(undefined);
  throw new StoreError(
    'store/import',
    'this is neither a tar archive of `export` nor a stream of `nix-store --export`',
  );
}

/** The first bytes, and all of them. */
async function peeked(
  input: AsyncIterable<Uint8Array>,
  length: number,
): Promise<{ head: Buffer; whole: AsyncGenerator<Uint8Array> }> {
  const iterator = input[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let size = 0;
  let ended = false;
  while (size < length && !ended) {
    const { value, done } = await iterator.next();
    if (done) ended = true;
    else {
      first.push(value);
      size += value.length;
    }
  }
  return { head: Buffer.concat(first).subarray(0, length), whole: joined(first, iterator) };
}

async function* joined(first: Uint8Array[], rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* first;
    for (;;) {
      const { value, done } = await rest.next();
      if (done) return;
      yield value;
    }
  } finally {
    await rest.return?.();
  }
}
