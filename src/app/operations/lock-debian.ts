/** Locks Debian packages with all that they need, as apt resolves them on a machine that has nothing. */
import * as fs from 'node:fs';
import { resolve } from 'node:path';
import { writeFileAtomic } from '../../base/fs-atomic.ts';
import { Apt } from '../apt.ts';
import {
  type DebianLock,
  emptyLock,
  lockedPackages,
  lockedSources,
  mergedLock,
  parseLock,
  parseParagraphs,
  parseSimulation,
  printLock,
} from '../debian-lock.ts';
import { AppError } from '../errors.ts';
import type { SessionOptions } from '../session.ts';

export interface LockRequest {
  /** Packages, besides those that are wanted already. */
  readonly names: readonly string[];
  /** Source packages, besides those that are locked already. */
  readonly sources: readonly string[];
  readonly file: string;
  /** Debian's names; none: that of this machine. */
  readonly architectures: readonly string[];
  /** Whether the packages that every Debian system has come along. */
  readonly essential: boolean;
}

export interface LockChange {
  readonly kind: 'package' | 'source';
  readonly name: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** Rewrites the file; what changed in it, sorted. */
export async function lockDebian(options: SessionOptions, request: LockRequest): Promise<LockChange[]> {
  const file = resolve(options.cwd, request.file);
  const old = fs.existsSync(file) ? parseLock(fs.readFileSync(file, 'utf8'), request.file) : emptyLock;
  const wanted = [...new Set([...old.wanted, ...request.names])];
  const sources = [...new Set([...Object.keys(old.sources), ...request.sources])];
  if (wanted.length + sources.length === 0) {
    throw new AppError('app/usage', `no package is named, and '${request.file}' has none`);
  }
  let lock: DebianLock = old;
  const architectures = request.architectures.length > 0 ? request.architectures : [undefined];
  for (const architecture of architectures) {
    const apt = await Apt.open(options, architecture);
    const packages = wanted.length === 0 ? {} : await resolvePackages(apt, wanted, request.essential);
    const found = sources.length === 0 ? [] : parseParagraphs(await apt.showSources(sources));
    lock = mergedLock(lock, { wanted, packages, sources: lockedSources(sources, found) });
  }
  writeFileAtomic(file, printLock(lock));
  return [...changes('package', old.packages, lock.packages), ...changes('source', old.sources, lock.sources)];
}

async function resolvePackages(
  apt: Apt,
  wanted: readonly string[],
  essential: boolean,
): Promise<DebianLock['packages']> {
  const names = essential ? [...new Set([...wanted, ...(await apt.essential())])] : wanted;
  const installed = parseSimulation(await apt.simulate(names));
  const shown = await apt.show(installed.map(({ name, version }) => `${name}=${version}`));
  return lockedPackages(installed, parseParagraphs(shown), await apt.architecture());
}

type Versions = Readonly<Record<string, { readonly version: string }>>;

function changes(kind: LockChange['kind'], before: Versions, after: Versions): LockChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) => {
    const change = { kind, name, before: before[name]?.version, after: after[name]?.version };
    return change.before === change.after ? [] : [change];
  });
}
