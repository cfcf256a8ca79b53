/**
 * What a request asks for, by its path. Pure.
 *
 *     /nix-cache-info                                what the cache says of itself
 *     /<hash part>.narinfo                           what is known of a path
 *     /nar/<hash part>-<nar hash>.nar[.zst…]         an archive, made when it is asked for
 *     /nar/<anything>.nar[.zst…]                     an archive that was sent here and not described yet
 *     /sysbuild/1/realisations/<drv>/<output>        a record
 */
import { FormatError, type Hash, hashPartLength, parseHash, type StorePath } from '../../../formats/index.ts';
import { cacheInfoName } from '../cache-info.ts';
import { type Compression, compressions, extensions } from '../compression.ts';
import { parseRealisationName } from '../realisation-file.ts';

export type Route =
  | { readonly kind: 'front' }
  | { readonly kind: 'cache-info' }
  | { readonly kind: 'narinfo'; readonly hashPart: string }
  | { readonly kind: 'nar'; readonly hashPart: string; readonly narHash: Hash; readonly compression: Compression }
  | { readonly kind: 'upload'; readonly name: string }
  | { readonly kind: 'realisation'; readonly drvPath: StorePath; readonly outputName: string }
  | { readonly kind: 'unknown' };

const base32 = '[0-9a-df-np-sv-z]';
const narInfoPattern = new RegExp(`^(${base32}{${hashPartLength}})\\.narinfo$`);
const narPattern = new RegExp(`^nar/(${base32}{${hashPartLength}})-(${base32}{52})\\.nar((?:\\.[a-z0-9]+)?)$`);
const uploadPattern = /^nar\/([0-9a-z]{16,128}\.nar(?:\.[a-z0-9]+)?)$/;

/** @param target of the request: its path, perhaps with a query, which is left aside */
export function routeOf(storeDir: string, target: string): Route {
  const name = nameOf(target);
  if (name === undefined) return { kind: 'unknown' };
  if (name === '') return { kind: 'front' };
  if (name === cacheInfoName) return { kind: 'cache-info' };
  const narInfo = narInfoPattern.exec(name);
  if (narInfo !== null) return { kind: 'narinfo', hashPart: narInfo[1]! };
  const [, hashPart, hash, extension] = narPattern.exec(name) ?? [];
  const compression = compressions.find((one) => extensions[one] === extension);
  if (hashPart !== undefined && compression !== undefined) return narRoute(hashPart, hash!, compression);
  const upload = uploadPattern.exec(name);
  if (upload !== null) return { kind: 'upload', name: upload[1]! };
  const record = parseRealisationName(storeDir, name);
  return record === undefined ? { kind: 'unknown' } : { kind: 'realisation', ...record };
}

function narRoute(hashPart: string, hash: string, compression: Compression): Route {
  try {
    return { kind: 'nar', hashPart, narHash: parseHash(hash, 'sha256'), compression };
  } catch (error) {
    if (error instanceof FormatError) return { kind: 'unknown' };
    throw error;
  }
}

function nameOf(target: string): string | undefined {
  try {
    return decodeURIComponent(target.replace(/[?#].*$/s, '').replace(/^\/+/, ''));
  } catch {
    return undefined;
  }
}

/** Which bytes of a file a request is for. */
export interface ByteRange {
  readonly from: number;
  /** Inclusive. */
  readonly to: number;
}

/**
 * The range of a `Range` header: undefined for the whole file (several ranges, or what is no range, count as none),
 * `'none'` when no byte of the file is in it.
 */
export function rangeOf(header: string | undefined, size: number): ByteRange | 'none' | undefined {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (first === undefined || (first === '' && last === '')) return undefined;
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0 ? 'none' : { from: size - length, to: size - 1 };
  }
  const from = Number(first);
  const to = last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== '' && Number(last) < from) return undefined;
  return from >= size ? 'none' : { from, to };
}
