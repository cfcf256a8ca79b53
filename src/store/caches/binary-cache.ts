/**
 * A binary cache: descriptions and archives of store paths behind a transport. Reads and writes; believes nothing and
 * says so nowhere: whether something is to be trusted is for those who ask.
 */
import {
  FormatError,
  hashPartOf,
  type NarInfo,
  parseNarInfo,
  printNarInfo,
  type StorePath,
} from '../../formats/index.ts';
import type { Realisation } from '../store.ts';
import { type CacheInfo, cacheInfoName, parseCacheInfo, printCacheInfo, usualPriority } from './cache-info.ts';
import { checkReadable, decompress, decompressAtOnce, smallArchive } from './compression.ts';
import { broken } from './errors.ts';
import { parseRecord, printRecord, realisationName, type SignedRealisation } from './realisation-file.ts';
import { readText, type Transport } from './transport.ts';

const narInfoType = 'text/x-nix-narinfo';
const narType = 'application/x-nix-nar';
const recordType = 'text/x-sysbuild-realisation';

export function narInfoName(hashPart: string): string {
  return `${hashPart}.narinfo`;
}

export class BinaryCache {
  readonly transport: Transport;
  readonly storeDir: string;

  constructor(transport: Transport, storeDir: string) {
    this.transport = transport;
    this.storeDir = storeDir;
  }

  get uri(): string {
    return this.transport.uri;
  }

  /** What it says of itself; undefined for a folder or server that is no cache (yet). */
  async info(signal?: AbortSignal): Promise<CacheInfo | undefined> {
    const text = await readText(this.transport, cacheInfoName, signal);
    return text === undefined ? undefined : parseCacheInfo(text);
  }

  /** The text that describes a path. */
  narInfoText(path: StorePath, signal?: AbortSignal): Promise<string | undefined> {
    return readText(this.transport, narInfoName(hashPartOf(path)), signal);
  }

  /** Throws `StoreError` `store/cache-broken` for a text that describes no path, or another one. */
  parse(path: StorePath, text: string): NarInfo {
    const info = this.#parsing(narInfoName(hashPartOf(path)), () => parseNarInfo(this.storeDir, text));
    // A narinfo without a name, as some servers give, is not valid; one of another path may be an attack.
    if (info.path !== path) throw broken(this.uri, `it describes '${info.path}' where '${path}' was asked for`);
    return info;
  }

  /** The same, whatever path it describes. */
  parseAny(text: string, name: string): NarInfo {
    return this.#parsing(name, () => parseNarInfo(this.storeDir, text));
  }

  async narInfo(path: StorePath, signal?: AbortSignal): Promise<NarInfo | undefined> {
    const text = await this.narInfoText(path, signal);
    return text === undefined ? undefined : this.parse(path, text);
  }

  /** The archive of a path; undefined when the file is gone. */
  async nar(info: NarInfo, signal?: AbortSignal): Promise<AsyncIterable<Uint8Array> | undefined> {
    checkReadable(info.compression);
    if (info.narSize <= smallArchive && (info.fileSize ?? Number.POSITIVE_INFINITY) <= smallArchive)
      return this.#smallNar(info, info.fileSize!, signal);
    const bytes = await this.transport.read(info.url, signal);
    return bytes === undefined ? undefined : decompress(info.compression, this.#limited(bytes, info));
  }

  async #smallNar(
    info: NarInfo,
    fileSize: number,
    signal: AbortSignal | undefined,
  ): Promise<AsyncIterable<Uint8Array> | undefined> {
    const file = await this.transport.readAll(info.url, fileSize, signal);
    if (file === undefined) return undefined;
    const nar = await decompressAtOnce(info.compression, file, info.narSize);
    return nar === undefined ? decompress(info.compression, just(file)) : just(nar);
  }

  async realisation(
    drvPath: StorePath,
    outputName: string,
    signal?: AbortSignal,
  ): Promise<SignedRealisation | undefined> {
    const name = realisationName(drvPath, outputName);
    const text = await readText(this.transport, name, signal);
    if (text === undefined) return undefined;
    const record = this.#parsing(name, () => parseRecord(this.storeDir, text));
    if (record.drvPath === drvPath && record.outputName === outputName) return record;
    throw broken(this.uri, `'${name}' speaks of another output`);
  }

  // Writing.

  /** Makes the folder or server a cache, where it is none yet. Throws where it is one for stores of another folder. */
  async initialise(signal?: AbortSignal): Promise<void> {
    const info = await this.info(signal);
    if (info !== undefined) return;
    const text = printCacheInfo({ storeDir: this.storeDir, wantMassQuery: true, priority: usualPriority });
    await this.transport.write(cacheInfoName, Buffer.from(text), 'text/x-nix-cache-info', signal);
  }

  /** To be written after the archive, and after the descriptions of all references. */
  writeNarInfo(info: NarInfo, signal?: AbortSignal): Promise<void> {
    const text = Buffer.from(printNarInfo(info), 'latin1');
    return this.transport.write(narInfoName(hashPartOf(info.path)), text, narInfoType, signal);
  }

  /** @param archive in the compression that `url` names, as bytes or as a file, which is gone afterwards */
  async writeNar(url: string, archive: Uint8Array | string, signal?: AbortSignal): Promise<void> {
    if (typeof archive === 'string') await this.transport.writeFile(url, archive, narType, signal);
    else await this.transport.write(url, archive, narType, signal);
  }

  writeRealisation(record: Realisation, signatures: readonly string[], signal?: AbortSignal): Promise<void> {
    const text = Buffer.from(printRecord({ ...record, signatures }), 'latin1');
    return this.transport.write(realisationName(record.drvPath, record.outputName), text, recordType, signal);
  }

  /** No more than was announced, or than an archive of that size can become: compressed nothing can go on for ever. */
  async *#limited(bytes: AsyncIterable<Uint8Array>, info: NarInfo): AsyncGenerator<Uint8Array> {
    const most = info.fileSize ?? info.narSize + Math.ceil(info.narSize / 8) + 1024 * 1024;
    let size = 0;
    for await (const chunk of bytes) {
      size += chunk.length;
      if (size > most) throw broken(this.uri, `'${info.url}' is longer than ${most} bytes`);
      yield chunk;
    }
  }

  #parsing<T>(name: string, parse: () => T): T {
    try {
      return parse();
    } catch (error) {
      if (error instanceof FormatError)
        throw broken(this.uri, `'${name}' cannot be understood: ${error.message}`, error);
      throw error;
    }
  }
}

async function* just(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
