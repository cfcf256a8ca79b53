/** Streams of compressed bytes, decompressed. */
import { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { ended, ProcessError, start } from '../../base/process.ts';
import { BuildError } from '../errors.ts';

type XzModule = Pick<typeof import('xz-decompress'), 'XzReadableStream'>;

export type Compression = 'none' | 'gzip' | 'xz' | 'zstd' | 'bzip2';

/** By the end of a file's name; undefined for a form that is not known. */
export function compressionOf(name: string): Compression | undefined {
  if (name.endsWith('.tar')) return 'none';
  if (name.endsWith('.gz')) return 'gzip';
  if (name.endsWith('.xz')) return 'xz';
  return name.endsWith('.zst') ? 'zstd' : undefined;
}

/** @throws BuildError `build/unpack-failed`, from the stream, for bytes that are not of that form */
export async function* decompressed(input: Readable, compression: Compression): AsyncGenerator<Uint8Array> {
  try {
    yield* await decoder(input, compression);
  } catch (error) {
    if (error instanceof BuildError || error instanceof ProcessError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new BuildError('build/unpack-failed', `the ${compression} data is damaged: ${why}`, { cause: error });
  }
}

async function decoder(input: Readable, compression: Compression): Promise<AsyncIterable<Uint8Array>> {
  if (compression === 'none') return input;
  if (compression === 'xz') return decodeXz(input);
  if (compression === 'bzip2') return decodeBzip2(input);
  const decoder = compression === 'gzip' ? createGunzip() : createZstdDecompress();
  input.once('error', (error) => decoder.destroy(error));
  return input.pipe(decoder);
}

/** By the program: nothing that Node has reads this form. */
async function* decodeBzip2(input: Readable): AsyncGenerator<Uint8Array> {
  const child = start('bzip2', ['-dc'], { stdio: ['pipe', 'pipe', 'ignore'] });
  const end = ended(child, 'bzip2');
  // Why it did not read to the end is said by its status.
  child.stdin!.on('error', () => {});
  input.pipe(child.stdin!);
  if (child.pid !== undefined) yield* child.stdout! as AsyncIterable<Uint8Array>;
  const { status } = await end;
  if (status !== 0) throw new Error(`bzip2 ended with status ${status}`);
}

async function decodeXz(input: Readable): Promise<AsyncIterable<Uint8Array>> {
  // Loaded when it is needed: it carries a program of 100 KB. It is no module of the language, and whoever loads
  // it decides where its exports stand.
  const module: XzModule & { readonly default?: XzModule } = await import('xz-decompress');
  const { XzReadableStream } = module.default ?? module;
  const compressed = Readable.toWeb(input) as ReadableStream<Uint8Array>;
  return Readable.fromWeb(new XzReadableStream(compressed) as Parameters<typeof Readable.fromWeb>[0]);
}
