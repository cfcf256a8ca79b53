/** Compares what the database says with what is on disk, on all processors. Changes nothing. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { mapBounded } from '../../base/async.ts';
import { Activity } from '../../base/events.ts';
import {
  baseNameOf,
  formatHash,
  hashEquals,
  isStorePath,
  parseHash,
  type StorePath,
  withPrefix,
} from '../../formats/index.ts';
import { checkContentAddress } from '../content-address.ts';
import type { PathInfo } from '../store.ts';
import { HashPool } from './hash-pool.ts';
import { linkNames } from './links.ts';
import type { NarHash } from './nar.ts';
import { type Parts, realPathIn } from './parts.ts';
import { rawPathOf } from './raw-path.ts';

export type Problem =
  /** Registered, and not on disk. */
  | { readonly kind: 'missing'; readonly path: StorePath }
  /** On disk, with other bytes than were registered. */
  | { readonly kind: 'modified'; readonly path: StorePath; readonly expected: string; readonly found: string }
  | { readonly kind: 'unreadable'; readonly path: StorePath; readonly reason: string }
  /** The content address does not lead to the path. */
  | { readonly kind: 'wrong-address'; readonly path: StorePath; readonly reason: string }
  /** A shared content whose bytes are not those of its name; a physical path. */
  | { readonly kind: 'modified-link'; readonly file: string; readonly found: string }
  /** The database contradicts itself. */
  | { readonly kind: 'database'; readonly reason: string };

/** A problem of one path. */
export type PathProblem = Extract<Problem, { readonly path: StorePath }>;

export interface VerifyOptions {
  /** Hash all bytes, rather than only look whether everything is there. */
  readonly checkContents: boolean;
  /** Only these; by default all paths, what they share, and the database. */
  readonly paths?: readonly StorePath[] | undefined;
}

/** Nothing is deleted meanwhile. */
export function verify(parts: Parts, options: VerifyOptions): Promise<Problem[]> {
  if (parts.readOnly) return check(parts, options);
  return parts.guard.duringAsync(() => check(parts, options));
}

async function check(parts: Parts, options: VerifyOptions): Promise<Problem[]> {
  const problems = options.paths === undefined ? databaseProblems(parts) : [];
  const present = new Set(fs.readdirSync(parts.layout.realStoreDir));
  const there: StorePath[] = [];
  for (const path of options.paths ?? parts.queries.allPaths()) {
    if (!isStorePath(parts.layout.storeDir, path)) problems.push(notAPath(path));
    else if (present.has(baseNameOf(path))) there.push(path);
    else problems.push({ kind: 'missing', path });
  }
  if (options.checkContents) problems.push(...(await contents(parts, there, options.paths === undefined)));
  return problems;
}

/** Hashes paths, and what they share, largest first, so that no thread is left with a large one at the end. */
async function contents(parts: Parts, paths: readonly StorePath[], withLinks: boolean): Promise<Problem[]> {
  const infos = new Map<StorePath, PathInfo>();
  const problems: Problem[] = [];
  for (const path of paths) {
    try {
      const info = parts.queries.info(parts.layout.storeDir, path);
      if (info !== undefined) infos.set(path, info);
    } catch (error) {
      problems.push(unreadable(path, error));
    }
  }
  const links = withLinks ? linkNames(parts.layout.linksDir) : [];
  const checks = [...infos.values()].sort((a, b) => b.narSize - a.narSize);
  const total = checks.reduce((sum, info) => sum + info.narSize, 0);
  const pool = new HashPool(total);
  const activity = new Activity(parts.sink, 'verify', parts.layout.realStoreDir);
  let done = 0;
  const progress = (bytes: number): void => activity.progress((done += bytes), total, 'bytes');
  try {
    const found = await mapBounded(checks, pool.parallel, async (info) => {
      const problem = await contentProblem(parts, info, pool);
      progress(info.narSize);
      return problem;
    });
    problems.push(...found.filter((problem) => problem !== undefined).sort(byPath));
    const shared = await mapBounded(links, pool.parallel, (name) => linkProblem(parts, name, pool));
    problems.push(...shared.filter((problem) => problem !== undefined));
  } finally {
    await pool.close();
    activity.stop(problems.length === 0);
  }
  return problems;
}

function databaseProblems(parts: Parts): Problem[] {
  const integrity = parts.database.prepare('pragma integrity_check(100)').all();
  const foreign = parts.database.prepare('pragma foreign_key_check').all();
  const problems = integrity.map((row) => String(row[0])).filter((text) => text !== 'ok');
  for (const [table, row, parent] of foreign) problems.push(`row ${row} of ${table} has nothing in ${parent}`);
  return problems.map((reason) => ({ kind: 'database', reason }));
}

async function contentProblem(parts: Parts, info: PathInfo, pool: HashPool): Promise<PathProblem | undefined> {
  try {
    const found = await pool.hash(rawPathOf(realPathIn(parts.layout, info.path)));
    return matches(info, found) ? addressProblem(parts, info) : modified(info, found);
  } catch (error) {
    return unreadable(info.path, error);
  }
}

function unreadable(path: StorePath, error: unknown): PathProblem {
  if (!(error instanceof Error)) throw error;
  return { kind: 'unreadable', path, reason: error.message };
}

function byPath(a: PathProblem, b: PathProblem): number {
  return a.path < b.path ? -1 : 1;
}

function notAPath(text: string): Problem {
  return { kind: 'database', reason: `'${text}' is not a store path` };
}

/** Very old stores do not know the sizes of all paths. */
function matches(info: PathInfo, found: NarHash): boolean {
  return hashEquals(info.narHash, found.hash) && (info.narSize === 0 || info.narSize === found.size);
}

function modified(info: PathInfo, found: NarHash): PathProblem {
  const { path, narHash } = info;
  return { kind: 'modified', path, expected: withPrefix(narHash, 'nix32'), found: withPrefix(found.hash, 'nix32') };
}

function addressProblem(parts: Parts, info: PathInfo): PathProblem | undefined {
  try {
    checkContentAddress(parts.layout.storeDir, info);
    return undefined;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { kind: 'wrong-address', path: info.path, reason: error.message };
  }
}

/** A link that a collection removes meanwhile is no problem. */
async function linkProblem(parts: Parts, name: string, pool: HashPool): Promise<Problem | undefined> {
  const file = join(parts.layout.linksDir, name);
  try {
    const { hash } = await pool.hash(rawPathOf(file));
    return isNameOf(name, hash) ? undefined : { kind: 'modified-link', file, found: formatHash(hash, 'nix32') };
  } catch (error) {
    if (!fs.existsSync(file)) return undefined;
    throw error;
  }
}

function isNameOf(name: string, hash: NarHash['hash']): boolean {
  try {
    return hashEquals(parseHash(name, 'sha256'), hash);
  } catch {
    return false;
  }
}
