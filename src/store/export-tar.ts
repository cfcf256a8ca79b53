/**
 * Closures as a tar archive that is the same for the same paths, wherever and whenever it is made:
 *
 *     sysbuild-export                     "1"
 *     narinfo/<base name>.narinfo         what is known of a path, in the form of binary caches
 *     nix/store/<base name>/…             its tree, in the order of archives, right after that
 *     realisations/<drv>/<output>         records, at the end
 *
 * Unpacked at `/` it is the paths themselves. Owners are 0, times one second, modes those of stores.
 */
import { type Pack, pack } from 'tar-stream';
import { fromUnicode, toUnicode } from '../base/bytes.ts';
import {
  baseNameOf,
  formatSignature,
  type NarEvent,
  NarReader,
  printNarInfo,
  type SecretKey,
  type StorePath,
} from '../formats/index.ts';
import { printRecord, recordFingerprint } from './caches/realisation-file.ts';
import { StoreError } from './errors.ts';
import { verifiedNar } from './export.ts';
import type { LocalStore } from './local/local-store.ts';
import { recordsOf } from './local/records.ts';
import { storeTime } from './local/tree-writer.ts';
import type { PathInfo } from './store.ts';
import { withSignatures } from './trust.ts';

export const markerName = 'sysbuild-export';
export const markerText = '1\n';

export interface ExportTarOptions {
  /** Sign what is exported with these, beside the signatures that it has. */
  readonly keys?: readonly SecretKey[] | undefined;
}

/** The paths with all that they refer to. Throws `StoreError` `store/hash-mismatch`, `store/export`, in the middle. */
export async function* exportTar(
  store: LocalStore,
  paths: Iterable<StorePath>,
  options: ExportTarOptions = {},
): AsyncGenerator<Uint8Array> {
  const closure = store.closure(paths);
  store.addTempRoots(closure);
  const archive = new TarWriter();
  const written = writeAll(store, closure, archive, options.keys ?? []).catch((error: unknown) => archive.fail(error));
  try {
    yield* archive.bytes();
  } finally {
    archive.end();
    await written;
  }
}

async function writeAll(
  store: LocalStore,
  closure: readonly StorePath[],
  archive: TarWriter,
  keys: readonly SecretKey[],
): Promise<void> {
  await archive.text(markerName, markerText);
  for (const path of closure) {
    const info = store.requireInfo(path);
    await archive.text(`narinfo/${baseNameOf(path)}.narinfo`, description(info, keys));
    await writeTree(archive, path.slice(1), verifiedNar(store, info));
  }
  for (const record of recordsOf(store.parts, closure)) {
    const signatures = keys.map((key) => formatSignature(key.sign(recordFingerprint(record))));
    const name = `realisations/${baseNameOf(record.drvPath)}/${record.outputName}`;
    await archive.text(name, printRecord({ ...record, signatures }));
  }
  archive.finish();
}

function description(info: PathInfo, keys: readonly SecretKey[]): string {
  const { path, narHash, narSize, references, deriver, contentAddress } = info;
  const file = { url: path.slice(1), compression: 'none', fileHash: undefined, fileSize: undefined };
  return printNarInfo({
    path,
    narHash,
    narSize,
    references,
    deriver,
    contentAddress,
    signatures: withSignatures(info, keys),
    ...file,
  });
}

/** @param root the name of the tree in the archive */
async function writeTree(archive: TarWriter, root: string, nar: AsyncIterable<Uint8Array>): Promise<void> {
  const reader = new NarReader();
  const parents: string[] = [];
  let name = root;
  for await (const chunk of nar) {
    for (const event of reader.push(chunk)) {
      if (event.type === 'entry') name = `${parents.at(-1)}/${event.name}`;
      else if (event.type === 'directory') parents.push(name);
      else if (event.type === 'end' && !archive.inFile) parents.pop();
      await writeNode(archive, name, event);
    }
  }
  reader.finish();
}

async function writeNode(archive: TarWriter, name: string, event: NarEvent): Promise<void> {
  switch (event.type) {
    case 'directory':
      return archive.entry(name, 'directory', 0o555);
    case 'symlink':
      return archive.entry(name, 'symlink', 0o777, unicode(name, event.target));
    case 'regular':
      return archive.openFile(name, event.executable ? 0o555 : 0o444, event.size);
    case 'data':
      return archive.data(event.bytes);
    case 'end':
      return archive.closeFile();
    case 'entry':
      return undefined;
  }
}

/** What the library gives to write a file's bytes to. */
interface Entry {
  write(bytes: Uint8Array): boolean;
  end(): void;
  once(event: 'drain' | 'close', listener: () => void): unknown;
}

/** Writes entries one after the other, no faster than they are taken. Names are byte strings. */
class TarWriter {
  readonly #pack = pack();
  #file: { readonly entry: Entry; readonly written: Promise<void> } | undefined;
  #error: unknown;
  #taken: PromiseWithResolvers<void> = Promise.withResolvers();

  get inFile(): boolean {
    return this.#file !== undefined;
  }

  async *bytes(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of this.#pack as unknown as AsyncIterable<Uint8Array>) {
        yield chunk;
        this.#wake();
      }
    } catch (error) {
      throw this.#error ?? error;
    }
  }

  async text(name: string, content: string): Promise<void> {
    this.openFile(name, 0o444, content.length);
    await this.data(Buffer.from(content, 'latin1'));
    await this.closeFile();
  }

  async entry(name: string, type: 'directory' | 'symlink', mode: number, linkname?: string): Promise<void> {
    const link = linkname === undefined ? {} : { linkname };
    await new Promise<void>((resolve, reject) => {
      this.#pack.entry({ ...headerOf(name, mode), type, ...link }, (error) => (error ? reject(error) : resolve()));
    });
    // Files wait by themselves.
    while (this.#isFull()) await this.#taken.promise;
  }

  openFile(name: string, mode: number, size: number): void {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    promise.catch(() => {}); // waited for when the file is closed
    const header = { ...headerOf(name, mode), type: 'file' as const, size };
    const entry = this.#pack.entry(header, (error) => (error ? reject(error) : resolve()));
    this.#file = { entry: entry as unknown as Entry, written: promise };
  }

  async data(bytes: Uint8Array): Promise<void> {
    const { entry } = this.#file!;
    if (bytes.length === 0 || entry.write(Buffer.from(bytes))) return;
    await new Promise<void>((resolve, reject) => {
      entry.once('drain', resolve);
      entry.once('close', () => reject(new Error('nobody reads the archive')));
    });
  }

  /** Ends the file that is open, if there is one. */
  async closeFile(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    file?.entry.end();
    await file?.written;
  }

  finish(): void {
    this.#pack.finalize();
  }

  fail(error: unknown): void {
    this.#error = error;
    this.end(error instanceof Error ? error : new Error(String(error)));
  }

  end(error?: Error): void {
    if (error === undefined) this.#pack.destroy();
    else this.#pack.destroy(error);
    this.#wake();
  }

  #isFull(): boolean {
    const { isBackpressured } = this.#pack.constructor as unknown as { isBackpressured(stream: Pack): boolean };
    return !this.#pack.destroyed && isBackpressured(this.#pack);
  }

  #wake(): void {
    this.#taken.resolve(undefined);
    this.#taken = Promise.withResolvers();
  }
}

function headerOf(name: string, mode: number) {
  return { name: unicode(name, name), mode, uid: 0, gid: 0, mtime: new Date(storeTime * 1000) };
}

/** Names in a tar archive are UTF-8. */
function unicode(name: string, bytes: string): string {
  const text = toUnicode(bytes);
  if (fromUnicode(text) === bytes) return text;
  throw new StoreError(
    'store/export',
    `'${toUnicode(name)}' has a name or target that is not UTF-8, which tar cannot hold`,
    {
      hint: 'export in the form of Nix instead',
      details: { name: toUnicode(name) },
    },
  );
}
