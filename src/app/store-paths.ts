/** Paths of a store as people name them. */
import * as fs from 'node:fs';
import { resolve } from 'node:path';
import { baseNameOf, type StorePath, splitStorePath } from '../formats/index.ts';
import type { LocalStore } from '../store/index.ts';
import { AppError } from './errors.ts';

/**
 * A full path, a path below one, the base name of one, or a link (`./result`, a generation) that leads to one. The
 * path must be valid.
 */
export function namedStorePath(store: LocalStore, text: string, cwd: string): StorePath {
  const path =
    inStore(store, text) ?? inStore(store, `${store.storeDir}/${text}`) ?? followed(store, resolve(cwd, text));
  if (path === undefined) {
    throw new AppError('app/usage', `'${text}' is no path of the store, and no link to one`, {
      hint: `Store paths begin with ${store.storeDir}/.`,
      details: { path: text },
    });
  }
  store.requireInfo(path);
  return path;
}

function inStore(store: LocalStore, text: string): StorePath | undefined {
  return splitStorePath(store.storeDir, text)?.path;
}

/** Follows links by their text: what they say is logical, wherever the store physically is. */
function followed(store: LocalStore, start: string): StorePath | undefined {
  let place = start;
  for (let links = 0; links < 40; links++) {
    const physical = place.startsWith(`${store.realStoreDir}/`)
      ? store.storeDir + place.slice(store.realStoreDir.length)
      : place;
    const found = inStore(store, physical);
    if (found !== undefined) return found;
    try {
      place = resolve(place, '..', fs.readlinkSync(place));
    } catch {
      return undefined;
    }
  }
  return undefined;
}

/** Sorted by name, then by hash: the order that people look things up in. */
export function byName(a: StorePath, b: StorePath): number {
  const key = (path: StorePath): string => `${baseNameOf(path).slice(33)}\0${path}`;
  return key(a) < key(b) ? -1 : 1;
}
