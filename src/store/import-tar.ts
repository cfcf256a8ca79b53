/**
 * Imports a tar archive of `exportTar`. Nothing in it is believed: a tree must be what the description before it says,
 * whose entries come in the one order that archives of trees have; so no name can lead anywhere else.
 */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Extract, extract } from 'tar-stream';
import { SysbuildError } from '../base/errors.ts';
import { baseNameOf, NarWriter, parseNarInfo } from '../formats/index.ts';
import { isVouchedFor, parseRecord } from './caches/realisation-file.ts';
import { StoreError } from './errors.ts';
import { markerName, markerText } from './export-tar.ts';
import { ImportBatch, type Imported, type ImportOptions } from './import-batch.ts';
import type { LocalStore } from './local/local-store.ts';
import { pathInfoOf } from './narinfo-path-info.ts';
import { TarEntries, type TarEntry } from './tar-entries.ts';

/** Bytes of the longest description or record. */
const mostText = 16 * 1024 * 1024;

/** Throws `StoreError` and `FormatError`; then nothing was imported. */
export async function importTar(
  store: LocalStore,
  input: AsyncIterable<Uint8Array>,
  options: ImportOptions,
): Promise<Imported> {
  const archive: Extract = extract({ filenameEncoding: 'latin1' } as Parameters<typeof extract>[0]);
  const fed = pipeline(Readable.from(input, { objectMode: false }), archive as unknown as NodeJS.WritableStream).then(
    () => undefined,
    (error: unknown) => error,
  );
  const batch = new ImportBatch(store, options);
  const entries = new TarEntries(archive);
  try {
    await takeAll(store, entries, batch, options);
    const cut = await fed;
    if (cut !== undefined) throw cut;
    return await batch.finish();
  } catch (error) {
    archive.destroy();
    // What the input itself failed with says more than that the archive ended.
    const cause = await fed;
    throw cause instanceof SysbuildError ? cause : damaged(error);
  } finally {
    batch.close();
  }
}

async function takeAll(
  store: LocalStore,
  entries: TarEntries,
  batch: ImportBatch,
  options: ImportOptions,
): Promise<void> {
  const marker = await entries.next();
  if (marker?.name !== markerName || (await textOf(marker)) !== markerText)
    throw new StoreError('store/import', 'this tar archive is no export, or one of a later form');
  for (let entry = await entries.next(); entry !== undefined; entry = await entries.next()) {
    const [kind] = entry.name.split('/', 1);
    if (kind === 'narinfo') await takePath(store, entry, entries, batch);
    else if (kind === 'realisations') await takeRecord(store, entry, batch, options);
    else throw new StoreError('store/import', `'${entry.name}' has no place in an export`);
  }
}

async function takePath(store: LocalStore, entry: TarEntry, entries: TarEntries, batch: ImportBatch): Promise<void> {
  const info = parseNarInfo(store.storeDir, await textOf(entry));
  if (entry.name !== `narinfo/${baseNameOf(info.path)}.narinfo`)
    throw new StoreError('store/import', `'${entry.name}' describes '${info.path}'`);
  const expected = pathInfoOf(info);
  batch.add(expected, await batch.reception.receive(narOf(entries, info.path.slice(1)), expected));
}

/** The archive of the tree at `root`, from the entries that come next. */
async function* narOf(entries: TarEntries, root: string): AsyncGenerator<Uint8Array> {
  const chunks: Uint8Array[] = [];
  const writer = new NarWriter((chunk) => chunks.push(chunk.slice()));
  const open: string[] = [];
  for (let first = true; ; first = false) {
    const entry = await entries.peek();
    const inside = entry !== undefined && (first ? entry.name === root : entry.name.startsWith(`${root}/`));
    if (first && !inside) throw new StoreError('store/import', `the tree '${root}' does not follow its description`);
    if (!inside) break;
    await entries.next();
    if (!first) enter(writer, open, entry.name);
    for await (const bytes of writeEntry(writer, entry)) {
      writer.data(bytes);
      yield* chunks.splice(0);
    }
    if (entry.type === 'file') writer.end();
    if (entry.type === 'directory') open.push(entry.name);
    yield* chunks.splice(0);
  }
  for (; open.length > 0; open.pop()) writer.end();
  writer.finish();
  yield* chunks;
}

/** Closes the directories that an entry is not in, and names it in its own, which must be open. */
function enter(writer: NarWriter, open: string[], name: string): void {
  const parent = name.slice(0, name.lastIndexOf('/'));
  for (; open.length > 0 && open.at(-1) !== parent; open.pop()) writer.end();
  if (open.length === 0) throw new StoreError('store/import', `'${name}' stands in no directory of the archive`);
  writer.entry(name.slice(parent.length + 1));
}

/** The bytes of a file, after its head was written; nothing for other entries. */
async function* writeEntry(writer: NarWriter, entry: TarEntry): AsyncGenerator<Uint8Array> {
  if (entry.type === 'directory') writer.directory();
  else if (entry.type === 'symlink') writer.symlink(entry.target);
  else {
    writer.regular(entry.executable, entry.size);
    yield* entry.bytes;
  }
}

async function takeRecord(
  store: LocalStore,
  entry: TarEntry,
  batch: ImportBatch,
  { keys, requireSignatures = true }: ImportOptions,
): Promise<void> {
  const record = parseRecord(store.storeDir, await textOf(entry));
  const { drvPath, outputName, outPath } = record;
  if (entry.name !== `realisations/${baseNameOf(drvPath)}/${outputName}`)
    throw new StoreError('store/import', `'${entry.name}' is the record of another output`);
  // A record that nobody vouches for is no harm: it is left out.
  if (!requireSignatures || isVouchedFor(record, keys)) batch.addRecord({ drvPath, outputName, outPath });
}

async function textOf(entry: TarEntry): Promise<string> {
  if (entry.type !== 'file' || entry.size > mostText)
    throw new StoreError('store/import', `'${entry.name}' is no text`);
  const chunks: Uint8Array[] = [];
  for await (const chunk of entry.bytes) chunks.push(chunk);
  return Buffer.concat(chunks).toString('latin1');
}

function damaged(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof SysbuildError || error.name === 'AbortError') return error;
  if ('errno' in error) return error;
  return new StoreError('store/import', `the tar archive is damaged: ${error.message}`, { cause: error });
}
