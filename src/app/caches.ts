/** Binary caches with the settings of a session: where they are, whom to trust, what to sign with. */
import * as fs from 'node:fs';
import { join, resolve } from 'node:path';
import { errnoOf } from '../base/errors.ts';
import { publicKeys, SecretKey } from '../formats/index.ts';
import {
  CacheSource,
  type LocalStore,
  LookupCache,
  type OpenCacheOptions,
  openCache,
  Substituters,
} from '../store/index.ts';
import { AppError } from './errors.ts';
import type { Session } from './session.ts';
import { storeKey } from './store-key.ts';

/** Caches that are asked, and the kept answers behind them. */
export interface OpenSubstituters {
  readonly substituters: Substituters;
  close(): void;
}

/** @param uris by default those of the setting `substituters` */
export function openSubstituters(
  session: Session,
  storeDir: string,
  uris: readonly string[] = session.settings.substituters,
): OpenSubstituters {
  const { settings, sink, signal } = session;
  const opened = uris.map((uri) => openCache(uri, cacheOptions(session, storeDir)));
  const lookups = new LookupCache(lookupFile(session));
  const sources = opened.map(({ cache, parameters }) => new CacheSource(cache, parameters, { lookups, sink }));
  const keys = publicKeys(settings['trusted-public-keys']);
  const requireSignatures = settings['require-sigs'];
  return {
    substituters: new Substituters(sources, { storeDir, keys, requireSignatures, signal }),
    close() {
      for (const { cache } of opened) cache.transport.close();
      lookups.close();
    },
  };
}

export function cacheOptions(session: Session, storeDir: string, token?: string): OpenCacheOptions {
  const { settings, cwd } = session;
  const netrc = settings['netrc-file'];
  return {
    storeDir,
    connections: settings['http-connections'] || undefined,
    netrcFile: netrc === '' ? undefined : resolve(cwd, netrc),
    authorization: token === undefined ? undefined : `Bearer ${token}`,
  };
}

/** The keys of the setting `secret-key-files`, or of other files. */
export function secretKeys(
  session: Session,
  files: readonly string[] = session.settings['secret-key-files'],
): SecretKey[] {
  return files.map((file) => SecretKey.parse(textOf(resolve(session.cwd, file))));
}

/** The keys of the setting `secret-key-files`, or else that of the store: none where it may not be read or made. */
export function signingKeys(session: Session, store: LocalStore): SecretKey[] {
  const keys = secretKeys(session);
  if (keys.length > 0) return keys;
  try {
    return [storeKey(store)];
  } catch (error) {
    if (['EACCES', 'EPERM', 'EROFS'].includes(errnoOf(error) ?? '')) return [];
    throw error;
  }
}

/** The lines of a file that are not empty: one token each. */
export function tokensIn(session: Session, file: string): string[] {
  const tokens = textOf(resolve(session.cwd, file))
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (tokens.length > 0) return tokens;
  throw new AppError('app/usage', `'${file}' holds no token`, { details: { file } });
}

export function textOf(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    const why = error instanceof Error ? error.message : '';
    throw new AppError('app/usage', `'${file}' cannot be read: ${why}`, { details: { file }, cause: error });
  }
}

function lookupFile({ env }: Session): string | undefined {
  const cache = env['XDG_CACHE_HOME'] ?? (env['HOME'] === undefined ? undefined : join(env['HOME'], '.cache'));
  return cache === undefined ? undefined : join(cache, 'sysbuild/lookups-1.sqlite');
}
