/** Archives of store paths as files, compressed and measured, ready to be put into a cache. */
import * as fs from 'node:fs';
import { temporaryName } from '../../base/fs-atomic.ts';
import {
  createHasher,
  formatHash,
  type Hash,
  hashBytes,
  hashEquals,
  type NarInfo,
  type StorePath,
  withPrefix,
} from '../../formats/index.ts';
import { StoreError } from '../errors.ts';
import type { PathInfo } from '../store.ts';
import { type Compression, compress, compressAtOnce, extensions, smallArchive } from './compression.ts';

export interface Packing {
  readonly compression: Compression;
  readonly level?: number | undefined;
}

export interface PackedNar {
  /** The bytes, or a file that holds them. */
  readonly archive: Uint8Array | string;
  readonly info: NarInfo;
}

/** Where the archive of a path comes from. */
export interface NarSource {
  dumpNar(path: StorePath): AsyncIterable<Uint8Array>;
  /** All of a small one. */
  narBytes(path: StorePath): Uint8Array;
}

/**
 * The compressed archive, of a large path as a new file in `folder`. Throws `StoreError` `store/hash-mismatch` when the
 * bytes are not those that were registered: what is damaged goes nowhere else.
 */
export async function packNar(
  info: PathInfo,
  source: NarSource,
  folder: () => string,
  packing: Packing,
): Promise<PackedNar> {
  if (info.narSize > smallArchive) return packLarge(info, source.dumpNar(info.path), folder(), packing);
  const { compression, level } = packing;
  const bytes = source.narBytes(info.path);
  checkUnchanged(info, hashBytes('sha256', bytes));
  const archive = await compressAtOnce(compression, bytes, level);
  if (archive === undefined) return packLarge(info, just(bytes), folder(), packing);
  const file = { hash: hashBytes('sha256', archive), size: archive.length };
  return { archive, info: narInfoOf(info, compression, file) };
}

async function* just(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function packLarge(
  info: PathInfo,
  nar: AsyncIterable<Uint8Array>,
  folder: string,
  { compression, level }: Packing,
): Promise<PackedNar> {
  const file = temporaryName(folder);
  const narHasher = createHasher('sha256');
  const fileHasher = createHasher('sha256');
  const fd = fs.openSync(file, 'wx', 0o600);
  let size = 0;
  try {
    for await (const chunk of compress(compression, hashed(nar, narHasher), level)) {
      for (let done = 0; done < chunk.length; ) done += fs.writeSync(fd, chunk, done);
      fileHasher.update(chunk);
      size += chunk.length;
    }
    checkUnchanged(info, narHasher.digest());
  } catch (error) {
    fs.rmSync(file, { force: true });
    throw error;
  } finally {
    fs.closeSync(fd);
  }
  return { archive: file, info: narInfoOf(info, compression, { hash: fileHasher.digest(), size }) };
}

/** The description of a path whose archive is a file of this hash and size. */
export function narInfoOf(info: PathInfo, compression: Compression, file: { hash: Hash; size: number }): NarInfo {
  const { path, narHash, narSize, references, deriver, signatures, contentAddress } = info;
  return {
    ...{ path, narHash, narSize, references, deriver, signatures, contentAddress, compression },
    url: `nar/${formatHash(file.hash, 'nix32')}.nar${extensions[compression]}`,
    fileHash: file.hash,
    fileSize: file.size,
  };
}

async function* hashed(
  nar: AsyncIterable<Uint8Array>,
  hasher: { update(data: Uint8Array): void },
): AsyncGenerator<Uint8Array> {
  for await (const chunk of nar) {
    hasher.update(chunk);
    yield chunk;
  }
}

function checkUnchanged(info: PathInfo, found: Hash): void {
  if (hashEquals(found, info.narHash)) return;
  const [expected, got] = [info.narHash, found].map((hash) => withPrefix(hash, 'nix32'));
  throw new StoreError('store/hash-mismatch', `'${info.path}' is damaged in this store, and was not copied`, {
    hint: `expected ${expected}, got ${got}; see what else is damaged with: sysbuild store verify --check-contents`,
    details: { path: info.path, expected, found: got },
  });
}
