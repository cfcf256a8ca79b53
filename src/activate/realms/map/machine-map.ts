/** The map of a machine: walks its file systems, remembers what it saw, and gives it as a value. */
import * as fs from 'node:fs';
import { dirname } from 'node:path';
import { errnoOf } from '../../../base/errors.ts';
import { makeFolders } from '../../../base/folders.ts';
import { writeFileAtomic } from '../../../base/fs-atomic.ts';
import type { RealmContext } from '../context.ts';
import { realmRecords } from '../records.ts';
import type { Entry } from './entry.ts';
import { kernelFolders } from './generated.ts';
import { type KnownPaths, readKnownPaths, writeKnownPaths } from './known-paths.ts';
import { type Look, readLook, writeLook } from './look.ts';
import { type Scan, scan } from './scan.ts';
import { type Survey, survey } from './survey.ts';

export interface SurveyOptions {
  /** Read all content again that an owner says something of, whatever the inodes say. */
  readonly readAll?: boolean;
  /** Keep what was seen for the next look; where the state folder cannot be written, nothing is kept. */
  readonly remember?: boolean;
  readonly scan?: Scan;
}

/** Walks the machine once. */
export async function surveyMachine(context: RealmContext, options: SurveyOptions = {}): Promise<Survey> {
  const { claims, classifier, scope, files, realm } = context;
  const records = realmRecords(realm.layout);
  const known = readKnown(context);
  const result = await survey({
    entries: entriesOf(context, options.scan ?? scan),
    classifier,
    claims,
    scope,
    files,
    known,
    before: lastLook(context),
    hidden: [...kernelFolders, ...context.mounts.map(({ place }) => place).filter((place) => place !== '/')],
    now: realm.now().getTime(),
    readAll: options.readAll ?? false,
  });
  if (options.remember ?? true) {
    attemptToWrite(() => {
      makeFolders(dirname(records.look), 0o700);
      writeFileAtomic(records.digests, Buffer.from(writeKnownPaths(known), 'latin1'), 0o600);
      writeFileAtomic(records.look, writeLook(result.look), 0o600);
    });
  }
  return result;
}

/** What is remembered of packages' paths. */
export function readKnown({ realm }: Pick<RealmContext, 'realm'>): KnownPaths {
  return readKnownPaths(readIfThere(realmRecords(realm.layout).digests)?.toString('latin1') ?? '');
}

export function lastLook({ realm }: Pick<RealmContext, 'realm'>): Look | undefined {
  const bytes = readIfThere(realmRecords(realm.layout).look);
  return bytes === undefined ? undefined : readLook(bytes);
}

async function* entriesOf(context: RealmContext, scan: Scan): AsyncIterable<Iterable<Entry>> {
  const { walk, scope, mounts, realm } = context;
  const apart = mounts.filter(({ place }) => place !== '/').map(({ place }) => place);
  for (const start of walk.starts) {
    const prune = [...kernelFolders, ...scope.plainPaths, ...apart.filter((place) => place !== start)];
    yield* scan({
      root: realm.layout.root,
      start,
      prune: start === '/' ? prune : prune.filter((path) => path !== start),
    });
  }
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return fs.readFileSync(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT' && errnoOf(error) !== 'EACCES') throw error;
    return undefined;
  }
}

/** Who may not write looks all the same. */
function attemptToWrite(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS'].includes(errnoOf(error) ?? '')) throw error;
  }
}
