/** Answers to readers: what is in the store, as a binary cache has it. */
import type { IncomingMessage } from 'node:http';
import {
  baseNameOf,
  formatHash,
  formatSignature,
  hashEquals,
  hashPartOf,
  printNarInfo,
  type SecretKey,
} from '../../../formats/index.ts';
import type { LocalStore } from '../../local/local-store.ts';
import type { PathInfo } from '../../store.ts';
import { withSignatures } from '../../trust.ts';
import { printCacheInfo } from '../cache-info.ts';
import { type Compression, compress, extensions } from '../compression.ts';
import { printRecord, recordFingerprint } from '../realisation-file.ts';
import { type Answer, notFound, textAnswer } from './answer.ts';
import { type ByteRange, type Route, rangeOf } from './route.ts';

export interface ReadingOptions {
  /** Of the archives that are offered. */
  readonly compression: Compression;
  readonly level?: number | undefined;
  readonly priority: number;
  /** Everything that is offered is signed with these too. */
  readonly keys: readonly SecretKey[];
}

export function readingAnswer(
  store: LocalStore,
  options: ReadingOptions,
  route: Route,
  headers: IncomingMessage['headers'],
): Answer {
  switch (route.kind) {
    case 'front':
      return textAnswer(200, frontPage(store, options));
    case 'cache-info': {
      const { priority } = options;
      return textAnswer(
        200,
        printCacheInfo({ storeDir: store.storeDir, wantMassQuery: true, priority }),
        'text/x-nix-cache-info',
      );
    }
    case 'narinfo':
      return narInfo(store, options, route.hashPart);
    case 'nar':
      return nar(store, options, route, headers);
    case 'realisation':
      return realisation(store, options, route);
    default:
      return notFound;
  }
}

function frontPage(store: LocalStore, { keys }: ReadingOptions): string {
  const trusted = keys.map((key) => `  trusted-public-keys: ${key.publicKey.format()}\n`).join('');
  return `This is a binary cache for stores at ${store.storeDir}. Name its address as a substituter.\n${trusted}`;
}

function infoAt(store: LocalStore, hashPart: string): PathInfo | undefined {
  const path = store.byHashPart(hashPart);
  return path === undefined ? undefined : store.pathInfo(path);
}

function narInfo(store: LocalStore, { compression, keys }: ReadingOptions, hashPart: string): Answer {
  const info = infoAt(store, hashPart);
  if (info === undefined) return notFound;
  const { path, narHash, narSize, references, deriver, contentAddress } = info;
  const url = `nar/${hashPartOf(path)}-${formatHash(narHash, 'nix32')}.nar${extensions[compression]}`;
  // The compressed file is made when it is asked for: only where it is the archive itself is anything known of it.
  const file =
    compression === 'none' ? { fileHash: narHash, fileSize: narSize } : { fileHash: undefined, fileSize: undefined };
  const known = { path, narHash, narSize, references, deriver, contentAddress, signatures: withSignatures(info, keys) };
  return textAnswer(200, printNarInfo({ ...known, ...file, url, compression }), 'text/x-nix-narinfo');
}

function nar(
  store: LocalStore,
  options: ReadingOptions,
  route: Extract<Route, { kind: 'nar' }>,
  requested: IncomingMessage['headers'],
): Answer {
  const info = infoAt(store, route.hashPart);
  if (info === undefined || !hashEquals(info.narHash, route.narHash)) return notFound;
  const { compression } = route;
  const etag = `"${formatHash(info.narHash, 'nix32')}${extensions[compression]}"`;
  const headers = { 'content-type': 'application/x-nix-nar', etag, 'cache-control': 'max-age=31536000, immutable' };
  if (requested['if-none-match'] === etag) return { status: 304, headers };
  const dump = (): AsyncIterable<Uint8Array> => whole(store.dumpNar(info.path), info);
  if (compression !== 'none') return { status: 200, headers, body: () => compress(compression, dump(), options.level) };
  return archive(
    dump,
    info.narSize,
    { ...headers, 'accept-ranges': 'bytes' },
    requestedRange(requested, etag, info.narSize),
  );
}

/** The whole of an uncompressed archive, or a part. */
function archive(
  dump: () => AsyncIterable<Uint8Array>,
  size: number,
  headers: Readonly<Record<string, string>>,
  range: ByteRange | 'none' | undefined,
): Answer {
  if (range === 'none') return { status: 416, headers: { ...headers, 'content-range': `bytes */${size}` } };
  if (range === undefined) return { status: 200, headers: { ...headers, 'content-length': size }, body: dump };
  const { from, to } = range;
  const part = { 'content-range': `bytes ${from}-${to}/${size}`, 'content-length': to - from + 1 };
  return { status: 206, headers: { ...headers, ...part }, body: () => slice(dump(), range) };
}

function requestedRange(
  headers: IncomingMessage['headers'],
  etag: string,
  size: number,
): ByteRange | 'none' | undefined {
  const condition = headers['if-range'];
  return condition !== undefined && condition !== etag ? undefined : rangeOf(headers.range, size);
}

/** A tree that is not what was registered ends the answer before its end, so that nobody takes it for whole. */
async function* whole(nar: AsyncIterable<Uint8Array>, { path, narSize }: PathInfo): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of nar) {
    size += chunk.length;
    if (size > narSize) break;
    yield chunk;
  }
  if (size !== narSize) throw new Error(`'${baseNameOf(path)}' has another size than it was registered with`);
}

async function* slice(bytes: AsyncIterable<Uint8Array>, { from, to }: ByteRange): AsyncGenerator<Uint8Array> {
  let position = 0;
  for await (const chunk of bytes) {
    const part = chunk.subarray(Math.max(0, from - position), to + 1 - position);
    position += chunk.length;
    if (part.length > 0 && position > from) yield part;
    if (position > to) return;
  }
}

function realisation(
  store: LocalStore,
  { keys }: ReadingOptions,
  { drvPath, outputName }: Extract<Route, { kind: 'realisation' }>,
): Answer {
  const record = store.realisation(drvPath, outputName);
  if (record === undefined) return notFound;
  const text = recordFingerprint(record);
  const signatures = keys.map((key) => formatSignature(key.sign(text)));
  return textAnswer(200, printRecord({ ...record, signatures }), 'text/x-sysbuild-realisation');
}
