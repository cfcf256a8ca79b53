/** Compares what the database says with what is on disk. Changes nothing. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
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
import { linkNames } from './links.ts';
import { hashTree, type NarHash } from './nar.ts';
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

export interface VerifyOptions {
  /** Hash all bytes, rather than only look whether everything is there. */
  readonly checkContents: boolean;
}

/** Nothing is deleted meanwhile. */
export function verify(parts: Parts, options: VerifyOptions): Promise<Problem[]> {
  if (parts.readOnly) return check(parts, options);
  return parts.guard.duringAsync(() => check(parts, options));
}

async function check(parts: Parts, options: VerifyOptions): Promise<Problem[]> {
  const problems = databaseProblems(parts);
  const present = new Set(fs.readdirSync(parts.layout.realStoreDir));
  const paths = parts.queries.allPaths();
  const activity = new Activity(parts.sink, 'verify', parts.layout.realStoreDir);
  for (const [done, path] of paths.entries()) {
    activity.progress(done, paths.length, 'items');
    if (!isStorePath(parts.layout.storeDir, path)) problems.push(notAPath(path));
    else if (!present.has(baseNameOf(path))) problems.push({ kind: 'missing', path });
    else if (options.checkContents) problems.push(...contentProblems(parts, path));
    // A verification takes minutes: the process stays responsive meanwhile.
    if (options.checkContents || done % 1000 === 0) await breathe();
  }
  if (options.checkContents) problems.push(...linkProblems(parts));
  activity.stop(problems.length === 0);
  return problems;
}

function databaseProblems(parts: Parts): Problem[] {
  const integrity = parts.database.prepare('pragma integrity_check(100)').all();
  const foreign = parts.database.prepare('pragma foreign_key_check').all();
  const problems = integrity.map((row) => String(row[0])).filter((text) => text !== 'ok');
  for (const [table, row, parent] of foreign) problems.push(`row ${row} of ${table} has nothing in ${parent}`);
  return problems.map((reason) => ({ kind: 'database', reason }));
}

function contentProblems(parts: Parts, path: StorePath): Problem[] {
  try {
    const info = parts.queries.info(parts.layout.storeDir, path);
    if (info === undefined) return [];
    const found = hashTree(rawPathOf(realPathIn(parts.layout, path)));
    return matches(info, found) ? addressProblems(parts, info) : [modified(info, found)];
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return [{ kind: 'unreadable', path, reason: error.message }];
  }
}

function notAPath(text: string): Problem {
  return { kind: 'database', reason: `'${text}' is not a store path` };
}

/** Very old stores do not know the sizes of all paths. */
function matches(info: PathInfo, found: NarHash): boolean {
  return hashEquals(info.narHash, found.hash) && (info.narSize === 0 || info.narSize === found.size);
}

function modified(info: PathInfo, found: NarHash): Problem {
  const { path, narHash } = info;
  return { kind: 'modified', path, expected: withPrefix(narHash, 'nix32'), found: withPrefix(found.hash, 'nix32') };
}

function addressProblems(parts: Parts, info: PathInfo): Problem[] {
  try {
    checkContentAddress(parts.layout.storeDir, info);
    return [];
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return [{ kind: 'wrong-address', path: info.path, reason: error.message }];
  }
}

function linkProblems(parts: Parts): Problem[] {
  const problems: Problem[] = [];
  for (const name of linkNames(parts.layout.linksDir)) {
    const file = join(parts.layout.linksDir, name);
    const found = hashTree(rawPathOf(file)).hash;
    if (!isNameOf(name, found)) problems.push({ kind: 'modified-link', file, found: formatHash(found, 'nix32') });
  }
  return problems;
}

function isNameOf(name: string, hash: NarHash['hash']): boolean {
  try {
    return hashEquals(parseHash(name, 'sha256'), hash);
  } catch {
    return false;
  }
}
