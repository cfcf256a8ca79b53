/** Compiled code of evaluations, in the user's cache folder: a file for each bundle. */
import { join } from 'node:path';
import type { CodeCache } from '../lang/index.ts';
import { buildOfProgram, CacheFolder, cacheHome } from './cache-folder.ts';
import type { Environment } from './config.ts';

const limits = { mostBytes: 512 * 1024 * 1024, pruneEvery: 1 };

/** The cache of this user; undefined where there is no home for it, or no bundle of the program to tell builds apart. */
export function codeCache(env: Environment): CodeCache | undefined {
  const home = cacheHome(env);
  const build = buildOfProgram();
  if (home === undefined || build === undefined) return undefined;
  const folder = new CacheFolder(join(home, 'eval'), limits);
  return { build, load: (key) => folder.load(key), save: (key, bundle) => folder.save(key, bundle) };
}
