/** Paths on their way: to and from caches and other stores, out into files and in again, signed and served. */
import * as fs from 'node:fs';
import { resolve } from 'node:path';
import { type PublicKey, publicKeys, SecretKey, type StorePath, splitStorePath } from '../../formats/index.ts';
import {
  copyClosure,
  copyFromCaches,
  copyToCache,
  exportStream,
  exportTar,
  type Imported,
  importCache,
  importClosure,
  isCacheUri,
  type LocalStore,
  makeKey,
  openCache,
  openLocalStore,
  serveStore,
  signPaths,
} from '../../store/index.ts';
import { cacheOptions, openSubstituters, secretKeys, signingKeys, textOf, tokensIn } from '../caches.ts';
import { AppError } from '../errors.ts';
import { type Session, type SessionOptions, withSession } from '../session.ts';
import { storeLocation } from '../store-location.ts';
import { namedStorePath } from '../store-paths.ts';

export interface PushOptions {
  /** Holds the token that a server wants. */
  readonly tokenFile?: string | undefined;
}

/** Copies what is named, with all that it needs, to a cache or another store. Returns what was really copied. */
export function push(
  options: SessionOptions,
  names: readonly string[],
  to: string,
  { tokenFile }: PushOptions = {},
): Promise<StorePath[]> {
  return withSession(options, async (session) => {
    const { store, paths } = await namedPaths(session, names);
    const { sink, signal } = session;
    if (!isCacheUri(to)) return withOther(session, to, (other) => copyClosure(store, other, paths, sink, signal));
    const token = tokenFile === undefined ? undefined : tokensIn(session, tokenFile)[0];
    const { cache, parameters } = openCache(to, cacheOptions(session, store.storeDir, token));
    const { compression = 'zstd', compressionLevel: level } = parameters;
    try {
      return await copyToCache(store, cache, paths, {
        compression,
        level,
        keys: signingKeys(session, store),
        signal,
        sink,
      });
    } finally {
      cache.transport.close();
    }
  });
}

/** Copies paths, with all that they need, from a cache or another store. */
export function pull(options: SessionOptions, names: readonly string[], from: string): Promise<StorePath[]> {
  return withSession(options, async (session) => {
    const store = await session.store();
    const { sink, signal } = session;
    const paths = names.map((name) => fullPath(store, name));
    if (!isCacheUri(from)) return withOther(session, from, (other) => copyClosure(other, store, paths, sink, signal));
    const opened = openSubstituters(session, store.storeDir, [from]);
    try {
      return await copyFromCaches(opened.substituters, store, paths, { sink, signal });
    } finally {
      opened.close();
    }
  });
}

/** Signs what is named; returns what was not signed so before. */
export function sign(
  options: SessionOptions,
  names: readonly string[],
  { keyFiles, closure }: { readonly keyFiles: readonly string[]; readonly closure: boolean },
): Promise<StorePath[]> {
  return withSession(options, async (session) => {
    const { store, paths } = await namedPaths(session, names);
    const keys = keyFiles.length > 0 ? secretKeys(session, keyFiles) : signingKeys(session, store);
    return signPaths(store, closure ? store.closure(paths) : paths, keys);
  });
}

/** The text of a new secret key. */
export function generateKey(name: string): string {
  return makeKey(name).format();
}

/** The text of the public key that belongs to a secret one. */
export function publicKeyOf(secret: string): string {
  return SecretKey.parse(secret).publicKey.format();
}

/** The public part of the key that signs what the store gives out, unless another is named. */
export function storePublicKeys(options: SessionOptions): Promise<string[]> {
  return withSession(options, async (session) => {
    return signingKeys(session, await session.store()).map((key) => key.publicKey.format());
  });
}

export interface ServeRequest {
  readonly host: string;
  readonly port: number;
  readonly compression: string | undefined;
  readonly uploadTokenFile: string | undefined;
  /** Called when it listens. */
  readonly onListening: (url: string, keys: readonly PublicKey[]) => void;
}

/** Serves the store until the session's signal is aborted. */
export function serve(options: SessionOptions, request: ServeRequest): Promise<void> {
  return withSession(options, async (session) => {
    const { isCompression, compressions } = await import('../../store/index.ts');
    const { compression = 'zstd', host, port } = request;
    if (!isCompression(compression)) {
      const hint = `There are: ${compressions.join(', ')}.`;
      throw new AppError('app/usage', `nothing can be compressed by '${compression}'`, { hint });
    }
    const store = await session.store();
    const keys = signingKeys(session, store);
    const uploads = uploadsOf(session, request.uploadTokenFile);
    const { signal, sink } = session;
    const server = await serveStore(store, { host, port, compression, keys, uploads, signal, sink });
    request.onListening(
      server.url,
      keys.map((key) => key.publicKey),
    );
    await server.closed;
  });
}

export interface ExportRequest {
  readonly form: 'stream' | 'tar';
  /** Told at the end: all that was written. */
  readonly onPaths?: ((paths: readonly StorePath[]) => void) | undefined;
  readonly write: (bytes: Uint8Array) => void;
}

/** Writes what is named, with all that it needs. */
export function exportPaths(options: SessionOptions, names: readonly string[], request: ExportRequest): Promise<void> {
  return withSession(options, async (session) => {
    const { store, paths } = await namedPaths(session, names);
    const { signal } = session;
    const bytes =
      request.form === 'tar' ? exportTar(store, paths, { keys: secretKeys(session) }) : exportStream(store, paths);
    for await (const chunk of bytes) {
      signal.throwIfAborted();
      request.write(chunk);
    }
    request.onPaths?.(store.closure(paths));
  });
}

/** Imports a file, a folder that is a cache, or standard input when nothing is named. */
export function importFile(options: SessionOptions, file: string | undefined, trustAll: boolean): Promise<Imported> {
  return withSession(options, async (session) => {
    const { settings, cwd, signal } = session;
    const place = file === undefined ? undefined : readable(resolve(cwd, file.replace(/^file:\/\//, '')));
    const requireSignatures = settings['require-sigs'] && !trustAll;
    const options = { keys: publicKeys(settings['trusted-public-keys']), requireSignatures, signal };
    const store = await session.store();
    if (place !== undefined && fs.statSync(place).isDirectory()) return importCache(store, place, options);
    return importClosure(store, place === undefined ? process.stdin : fs.createReadStream(place), options);
  });
}

export { textOf };

async function namedPaths(
  session: Session,
  names: readonly string[],
): Promise<{ readonly store: LocalStore; readonly paths: StorePath[] }> {
  if (names.length === 0) throw new AppError('app/usage', 'which paths?');
  const store = await session.store();
  return { store, paths: names.map((name) => namedStorePath(store, name, session.cwd)) };
}

/** A path that need not be valid here. */
function fullPath(store: LocalStore, name: string): StorePath {
  const path = splitStorePath(store.storeDir, name)?.path;
  if (path !== undefined) return path;
  throw new AppError('app/usage', `'${name}' is no path of a store`, {
    hint: `Store paths begin with ${store.storeDir}/.`,
    details: { path: name },
  });
}

async function withOther<T>(session: Session, setting: string, work: (other: LocalStore) => Promise<T>): Promise<T> {
  const location = storeLocation(setting, session.env, session.cwd);
  if (location.kind === 'dummy') throw new AppError('app/store', 'the store dummy:// keeps nothing');
  const { physicalRoot, storeDir, stateDir } = location;
  const other = openLocalStore({ physicalRoot, storeDir, stateDir, sink: session.sink });
  try {
    return await work(other);
  } finally {
    other.close();
  }
}

/** Whoever has a token may send; with signatures required, only what is signed or proves itself. */
function uploadsOf(session: Session, tokenFile: string | undefined) {
  if (tokenFile === undefined) return undefined;
  const trusted = session.settings['trusted-public-keys'];
  return { tokens: tokensIn(session, tokenFile), keys: trusted.length === 0 ? undefined : publicKeys(trusted) };
}

function readable(file: string): string {
  try {
    fs.accessSync(file, fs.constants.R_OK);
    return file;
  } catch (cause) {
    throw new AppError('app/usage', `'${file}' cannot be read`, { details: { file }, cause });
  }
}
