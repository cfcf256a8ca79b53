/** Sees to the convergent resources of a machine: the engine with this machine's files, programs and journal. */
import * as fs from 'node:fs';
import { fromUnicode } from '../../../base/bytes.ts';
import { errnoOf } from '../../../base/errors.ts';
import { ActivateError } from '../../errors.ts';
import { withMachineLock } from '../../machine-lock.ts';
import type { RealmContext } from '../context.ts';
import { type RunProgram, runHere } from '../drift/programs.ts';
import { ChangeJournal } from '../journal/change-journal.ts';
import { readKnownPaths } from '../map/known-paths.ts';
import { realmRecords } from '../records.ts';
import { ChangeableFiles } from './disk-files.ts';
import { type ConvergeReport, converge, type EngineOptions } from './engine.ts';
import { gatherFacts } from './facts.ts';
import { restartUnit } from './kinds/service.ts';
import { kinds } from './kinds.ts';
import { resourcesOfManifest } from './manifest-resources.ts';
import type { HttpAnswer, World } from './resource.ts';
import { ConvergeFile } from './state.ts';

/**
 * Checks all resources, and changes what is not as declared unless `noop`.
 * @throws ActivateError `activate/converge`, `activate/locked`
 */
export async function convergeMachine(context: RealmContext, options: EngineOptions): Promise<ConvergeReport> {
  const entries = context.generation === undefined ? [] : resourcesOfManifest(context.generation.manifest);
  checkNames(
    entries.map(({ name }) => name),
    options.only,
  );
  const run = (): Promise<ConvergeReport> => runEngine(context, entries, options);
  if (options.noop) return run();
  const { realm } = context;
  const holder = `${realm.by}, converge, since ${realm.now().toISOString()}`;
  return withMachineLock(realm.layout, { holder, wait: false }, run);
}

function runEngine(
  context: RealmContext,
  entries: ReturnType<typeof resourcesOfManifest>,
  options: EngineOptions,
): Promise<ConvergeReport> {
  const { realm } = context;
  const records = realmRecords(realm.layout);
  const world = worldOf(context);
  const journal = new ChangeJournal(realm.layout);
  return converge(entries, options, {
    make: (entry) => kinds[entry.kind](entry, world),
    restart: (unit) => restartUnit(world, unit),
    memory: new ConvergeFile(records.converge),
    record: (change) => journal.record(realm, change),
    now: realm.now,
  });
}

function worldOf(context: RealmContext, run: RunProgram = runHere): World {
  const records = realmRecords(context.realm.layout);
  let facts: string | undefined;
  return {
    files: new ChangeableFiles(context.realm.layout.root, records.setAside),
    isClaimed: (path) => context.claims.get(context.files.real(fromUnicode(path))) !== undefined,
    run: context.live ? run : undefined,
    http: askHttp,
    known: readKnownPaths(readIfThere(records.digests)),
    facts: () => (facts ??= JSON.stringify(gatherFacts(context))),
  };
}

/** Redirects are answers. */
async function askHttp(url: string, seconds: number): Promise<HttpAnswer> {
  const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(seconds * 1000) });
  return { status: answer.status, body: await answer.text() };
}

function checkNames(names: readonly string[], only: EngineOptions['only']): void {
  const stray = only?.find((name) => !names.includes(name));
  if (stray === undefined) return;
  throw new ActivateError('activate/converge', `there is no resource '${stray}' in the current generation`, {
    hint: names.length === 0 ? 'it declares none' : `there are: ${names.toSorted().join(', ')}`,
    details: { resource: stray },
  });
}

function readIfThere(path: string): string {
  try {
    return fs.readFileSync(path, 'latin1');
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT' && errnoOf(error) !== 'EACCES') throw error;
    return '';
  }
}
