/**
 * References to caches: `file:///DIR` and `http(s)://HOST/…`, with parameters after a question mark. A parameter that
 * is not known is left aside, as Nix has more of them.
 */
import * as fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { StoreError } from '../errors.ts';
import { BinaryCache } from './binary-cache.ts';
import { type Compression, isCompression } from './compression.ts';
import { FileTransport } from './file-transport.ts';
import { basic, type HttpOptions, HttpTransport } from './http-transport.ts';
import { findLogin } from './netrc.ts';

/** What a reference says beside the place. */
export interface CacheParameters {
  /** Overrules what the cache says of itself. */
  readonly priority: number | undefined;
  readonly wantMassQuery: boolean | undefined;
  /** Everything in it is believed, as far as its bytes are what it says they are. */
  readonly trusted: boolean;
  /** For what is written. */
  readonly compression: Compression | undefined;
  readonly compressionLevel: number | undefined;
}

export interface OpenCacheOptions extends HttpOptions {
  readonly storeDir: string;
  /** A file of users and passwords, as netrc(5) has it; one that is not there is none. */
  readonly netrcFile?: string | undefined;
}

export interface OpenedCache {
  readonly cache: BinaryCache;
  readonly parameters: CacheParameters;
}

/** Whether a reference is one to a binary cache, rather than to a store. */
export function isCacheUri(uri: string): boolean {
  return /^(file|https?):\/\//.test(uri);
}

/** Nothing is asked of it yet. Throws `StoreError` `store/cache-uri`. */
export function openCache(uri: string, options: OpenCacheOptions): OpenedCache {
  const url = isCacheUri(uri) ? URL.parse(uri) : null;
  if (url === null || url.hash !== '') throw badUri(uri, 'it is no URL of a cache');
  const parameters = parametersOf(uri, url.searchParams);
  url.search = '';
  const transport =
    url.protocol === 'file:'
      ? new FileTransport(folderOf(uri, url))
      : new HttpTransport(url, httpOptions(url, options));
  return { cache: new BinaryCache(transport, options.storeDir), parameters };
}

function parametersOf(uri: string, query: URLSearchParams): CacheParameters {
  const compression = query.get('compression');
  if (compression !== null && !isCompression(compression))
    throw badUri(uri, `nothing can be compressed by '${compression}'`);
  return {
    priority: numberOf(uri, query, 'priority'),
    wantMassQuery: query.has('want-mass-query') ? isTrue(query.get('want-mass-query')) : undefined,
    trusted: isTrue(query.get('trusted')),
    compression: compression ?? undefined,
    compressionLevel: numberOf(uri, query, 'compression-level'),
  };
}

function folderOf(uri: string, url: URL): string {
  try {
    const folder = fileURLToPath(url).replace(/(?<=.)\/+$/, '');
    if (folder !== '/') return folder;
  } catch {
    // Said below.
  }
  throw badUri(uri, 'it names no folder of this machine');
}

function httpOptions(url: URL, options: OpenCacheOptions): HttpOptions {
  if (url.hostname === '' || options.authorization !== undefined) return options;
  const login = findLogin(netrcText(options.netrcFile), url.hostname);
  return login === undefined ? options : { ...options, authorization: basic(login.user, login.password) };
}

function netrcText(file: string | undefined): string {
  return file !== undefined && fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
}

function isTrue(value: string | null): boolean {
  return value === '1' || value === 'true';
}

function numberOf(uri: string, query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name);
  if (value === null) return undefined;
  if (!/^-?\d{1,9}$/.test(value)) throw badUri(uri, `'${name}' is not a number`);
  return Number(value);
}

function badUri(uri: string, why: string): StoreError {
  return new StoreError('store/cache-uri', `'${uri}' is not the reference of a cache: ${why}`, {
    hint: 'name one as file:///DIR, http://HOST or https://HOST',
    details: { uri, why },
  });
}
