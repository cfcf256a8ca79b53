/**
 * The forms in which caches keep archives. zstd, gzip and brotli by the runtime, xz and bzip2 by their programs; xz is
 * read without its program too.
 *
 * Streams read no faster than they are taken, and end what they started when their reader leaves. They throw
 * `StoreError` `store/compression`; what the input throws passes through.
 */
import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as zlib from 'node:zlib';
import { errnoOf } from '../../base/errors.ts';
import { findProgram } from '../../base/find-program.ts';
import { ended, start } from '../../base/process.ts';
import { StoreError } from '../errors.ts';
import { decodeXz, encodeXz, haveLzma } from './lzma.ts';

/** Those that we write. */
export type Compression = 'none' | 'zstd' | 'xz' | 'gzip';

export const compressions: readonly Compression[] = ['none', 'zstd', 'xz', 'gzip'];

export function isCompression(text: string): text is Compression {
  return (compressions as readonly string[]).includes(text);
}

/** What a file's name ends with. */
export const extensions: Readonly<Record<Compression, string>> = { none: '', zstd: '.zst', xz: '.xz', gzip: '.gz' };

const chunkSize = 128 * 1024;

type Bytes = AsyncIterable<Uint8Array>;

/** @param level by default the usual one of each form */
export function compress(compression: Compression, input: Bytes, level?: number): Bytes {
  switch (compression) {
    case 'none':
      return input;
    case 'zstd':
      return through(compression, input, zlib.createZstdCompress({ chunkSize, params: zstdLevel(level) }));
    case 'gzip':
      return through(compression, input, zlib.createGzip({ chunkSize, ...(level === undefined ? {} : { level }) }));
    case 'xz':
      return throughProgram('xz', ['-c', '-T1', `-${level ?? 6}`], input);
  }
}

/** Throws `StoreError` `store/compression` when archives of this form cannot be read here. */
export function checkReadable(compression: string): void {
  if (!['none', 'zstd', 'gzip', 'br', 'xz', 'bzip2'].includes(compression)) throw unknown(compression);
  if (compression === 'bzip2' && findProgram('bzip2') === undefined) throw notInstalled('bzip2');
}

/** @param compression as a narinfo names it */
export function decompress(compression: string, input: Bytes): Bytes {
  switch (compression) {
    case 'none':
      return input;
    case 'zstd':
      return through(compression, input, zlib.createZstdDecompress({ chunkSize }));
    case 'gzip':
      return through(compression, input, zlib.createGunzip({ chunkSize }));
    case 'br':
      return through(compression, input, zlib.createBrotliDecompress({ chunkSize }));
    case 'xz':
      return findProgram('xz') === undefined ? xzWithoutProgram(input) : throughProgram('xz', ['-dc'], input);
    case 'bzip2':
      return throughProgram('bzip2', ['-dc'], input);
    default:
      throw unknown(compression);
  }
}

/** What a server compressed for the way. */
export function decodeContent(encoding: string, input: Bytes): Bytes {
  const names: Readonly<Record<string, string>> = { gzip: 'gzip', 'x-gzip': 'gzip', zstd: 'zstd', br: 'br', xz: 'xz' };
  return decompress(names[encoding] ?? encoding, input);
}

/** Bytes up to which an archive is compressed and decompressed in memory, at once. */
export const smallArchive = 4 * 1024 * 1024;

/** What is so small that handing it to another thread costs more than the work. */
const tiny = 8 * 1024;

/** All of a small archive; undefined where that is done piece by piece alone. */
export async function compressAtOnce(
  compression: Compression,
  bytes: Uint8Array,
  level?: number,
): Promise<Uint8Array | undefined> {
  switch (compression) {
    case 'none':
      return bytes;
    case 'zstd': {
      const options = { params: zstdLevel(level) };
      return bytes.length < tiny ? zlib.zstdCompressSync(bytes, options) : called(zlib.zstdCompress, bytes, options);
    }
    case 'gzip':
      return called(zlib.gzip, bytes, level === undefined ? {} : { level });
    case 'xz':
      return haveLzma() ? encodeXz(bytes, level ?? 6) : undefined;
  }
}

/**
 * The same backwards; undefined where that is done piece by piece alone, and where the bytes are damaged or are not
 * `size` long afterwards: whoever reads them piece by piece finds out what they are.
 */
export async function decompressAtOnce(
  compression: string,
  bytes: Uint8Array,
  size: number,
): Promise<Uint8Array | undefined> {
  const options = { maxOutputLength: size + 1 };
  try {
    switch (compression) {
      case 'none':
        return bytes;
      case 'zstd':
        return size < tiny
          ? zlib.zstdDecompressSync(bytes, options)
          : await called(zlib.zstdDecompress, bytes, options);
      case 'gzip':
        return await called(zlib.gunzip, bytes, options);
      case 'xz':
        return haveLzma() ? await decodeXz(bytes, size) : undefined;
      default:
        return undefined;
    }
  } catch {
    return undefined;
  }
}

function called<Options>(
  work: (bytes: Uint8Array, options: Options, done: (error: Error | null, result: Buffer) => void) => void,
  bytes: Uint8Array,
  options: Options,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    work(bytes, options, (error, result) => (error === null ? resolve(result) : reject(error)));
  });
}

function zstdLevel(level: number | undefined): Record<number, number> {
  return level === undefined ? {} : { [zlib.constants.ZSTD_c_compressionLevel]: level };
}

async function* through(what: string, input: Bytes, transform: Transform): AsyncGenerator<Uint8Array> {
  const source = Readable.from(input, { objectMode: false });
  const fed = pipeline(source, transform).catch(() => {}); // the reader of `transform` gets the same error
  try {
    for await (const chunk of transform) yield chunk as Buffer;
  } catch (error) {
    throw failure(what, error);
  } finally {
    transform.destroy();
    await fed;
  }
}

async function* throughProgram(program: string, args: readonly string[], input: Bytes): AsyncGenerator<Uint8Array> {
  if (findProgram(program) === undefined) throw notInstalled(program);
  const child = start(program, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  const end = ended(child, program);
  const fed = pipeline(Readable.from(input, { objectMode: false }), child.stdin!).then(
    () => undefined,
    (error: unknown) => error,
  );
  try {
    for await (const chunk of child.stdout!) yield chunk as Buffer;
    const [inputError, { status }] = await Promise.all([fed, end]);
    if (inputError !== undefined && !isBrokenPipe(inputError)) throw inputError;
    if (status !== 0) throw damaged(program, `the program ended with status ${status}`);
  } finally {
    child.stdin!.destroy();
    child.kill();
    await Promise.allSettled([fed, end]);
  }
}

async function* xzWithoutProgram(input: Bytes): AsyncGenerator<Uint8Array> {
  // Loaded when it is needed: it carries a program of 100 KB.
  const { XzReadableStream } = await import('xz-decompress');
  const source = Readable.from(input, { objectMode: false });
  let inputError: unknown;
  source.once('error', (error) => (inputError = error));
  const compressed = Readable.toWeb(source) as ReadableStream<Uint8Array>;
  const decoded = Readable.fromWeb(new XzReadableStream(compressed) as Parameters<typeof Readable.fromWeb>[0]);
  try {
    for await (const chunk of decoded) yield chunk as Buffer;
  } catch (error) {
    throw inputError ?? damaged('xz', error instanceof Error ? error.message : String(error), error);
  } finally {
    decoded.destroy();
    source.destroy();
  }
}

/** Errors of the input are not ours to rename: those of the codecs have codes of their own. */
function failure(what: string, error: unknown): unknown {
  if (!/^(Z_|ZSTD_|ERR_|BROTLI)/.test(errnoOf(error) ?? '')) return error;
  return damaged(what, error instanceof Error ? error.message : '', error);
}

function damaged(what: string, why: string, cause?: unknown): StoreError {
  return new StoreError('store/compression', `the ${what} data is damaged: ${why}`, { cause });
}

/** The program has ended and reads no more. */
function isBrokenPipe(error: unknown): boolean {
  return ['EPIPE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED'].includes(errnoOf(error) ?? '');
}

function unknown(compression: string): StoreError {
  return new StoreError('store/compression', `the compression '${compression}' is not known`, {
    hint: 'known are none, zstd, xz, gzip, br and bzip2',
    details: { compression },
  });
}

function notInstalled(program: string): StoreError {
  return new StoreError('store/compression', `the program '${program}' is needed and not installed`, {
    hint: `install ${program}, or use another compression, such as zstd`,
    details: { program },
  });
}
