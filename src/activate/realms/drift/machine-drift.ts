/** Everything that is not as somebody said, on a machine as it is now: one walk, and questions to whoever knows. */
import * as fs from 'node:fs';
import { dirname } from 'node:path';
import { toUnicode } from '../../../base/bytes.ts';
import { errnoOf } from '../../../base/errors.ts';
import { makeFolders } from '../../../base/folders.ts';
import { writeFileAtomic } from '../../../base/fs-atomic.ts';
import type { RealmContext } from '../context.ts';
import type { ConvergeReport } from '../converge/engine.ts';
import { convergeMachine } from '../converge/machine-converge.ts';
import { type Deviation, sortDeviations, verdictOf } from '../deviation.ts';
import { type MapRealm, mapRealms } from '../map/claims.ts';
import { type SurveyOptions, surveyMachine } from '../map/machine-map.ts';
import type { Change, Survey } from '../map/survey.ts';
import { activeOverrides, coveredBy } from '../overrides/overrides.ts';
import { realmRecords } from '../records.ts';
import { judgeDeclaredFiles } from './declared-files.ts';
import { type HostThings, hostThings } from './host-things.ts';
import { mountedOver } from './mounted-over.ts';
import { runHere } from './programs.ts';
import { type Inventory, judgeThings, nextInventory } from './thing.ts';

export interface DriftReport {
  readonly root: string;
  /** ISO 8601. */
  readonly at: string;
  /** When the look before was, with which paths and things of nobody are compared. */
  readonly since: string | undefined;
  readonly generation: number | undefined;
  readonly deviations: readonly Deviation[];
  /** How many there are of each realm. */
  readonly counts: Readonly<Record<MapRealm, number>>;
  /** What is left to do after earlier runs of `converge`. */
  readonly pendingTriggers: readonly string[];
  readonly survey: Survey;
}

export interface DriftOptions extends SurveyOptions {
  /** Ask the convergent resources too, which runs their checks. */
  readonly resources?: boolean;
}

export async function machineDrift(context: RealmContext, options: DriftOptions = {}): Promise<DriftReport> {
  const { realm, generation } = context;
  const at = realm.now().toISOString();
  const survey = await surveyMachine(context, options);
  const things = hostThings(context, context.live ? runHere : undefined);
  const before = readInventory(context);
  const resources =
    (options.resources ?? true) ? await convergeMachine(context, { noop: true, only: undefined }) : undefined;
  const found = [
    ...declaredDeviations(context),
    ...mountDeviations(context),
    ...survey.deviations,
    ...survey.changes.map((change) => changeDeviation(change, survey.since)),
    ...things.deviations,
    ...judgeThings(things.things, before),
    ...(resources === undefined ? [] : resourceDeviations(resources)),
  ].map(inUnicode);
  if (options.remember ?? true) remember(context, things, before, at);
  const deviations = sortDeviations(withOverrides(context, withoutDoubles(found)));
  return {
    root: realm.layout.root || '/',
    at,
    since: survey.since === undefined ? undefined : new Date(survey.since).toISOString(),
    generation: generation?.number,
    deviations,
    counts: countByRealm(deviations),
    pendingTriggers: resources?.triggers.map(({ trigger }) => trigger) ?? [],
    survey,
  };
}

function declaredDeviations({ realm, generation }: RealmContext): Deviation[] {
  if (generation === undefined || realm.machine === undefined) return [];
  return judgeDeclaredFiles(generation.tree, realm.machine.files, realm.layout.root);
}

function mountDeviations({ mounts, claims, generation, files }: RealmContext): Deviation[] {
  const resources = (generation?.manifest.converge ?? []).filter(({ kind }) => kind === 'mount');
  const table = (files.read('/etc/fstab') ?? '').split('\n').map((line) => line.trim().split(/\s+/)[1] ?? '');
  return mountedOver(
    mounts,
    claims,
    new Set([...table, ...resources.map(({ settings }) => String(settings['where']))]),
  );
}

function changeDeviation({ path, realm, owner, what }: Change, since: number | undefined): Deviation {
  return {
    realm,
    subject: { type: 'path', name: path },
    aspect: what,
    owner,
    expected: what === 'appeared' ? 'nothing' : 'as at the last look',
    found: what === 'disappeared' ? 'nothing' : what === 'appeared' ? 'a new path' : 'changed',
    verdict: verdictOf(realm, false),
    since: since === undefined ? undefined : new Date(since).toISOString(),
  };
}

function resourceDeviations({ resources }: ConvergeReport): Deviation[] {
  return resources
    .filter(({ outcome }) => outcome === 'deviates' || outcome === 'not-kept')
    .map(({ name, kind, detail, declared }) => ({
      realm: 'convergent',
      subject: { type: 'resource', name },
      aspect: 'not-kept',
      owner: { type: 'resource', name, ...declared },
      expected: `${kind} as declared`,
      found: detail ?? '',
      verdict: 'repair',
      remedy: 'sysbuild converge',
    }));
}

/** The same thing may be seen by more than one question; the first answer is the one with the strongest owner. */
function withoutDoubles(deviations: readonly Deviation[]): Deviation[] {
  const seen = new Set<string>();
  return deviations.filter(({ subject, aspect }) => {
    const vague = ['appeared', 'disappeared', 'changed', 'missing', 'mounted-over', 'kind', 'extra'].includes(aspect);
    const key = vague ? `${subject.type} ${subject.name}` : `${subject.type} ${subject.name} ${aspect}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function withOverrides(context: RealmContext, deviations: readonly Deviation[]): Deviation[] {
  const overrides = activeOverrides(context.realm);
  return deviations.map((deviation) => {
    const override = coveredBy(overrides, deviation.subject);
    return override === undefined ? deviation : { ...deviation, verdict: 'inventory', override: override.id };
  });
}

function inUnicode(deviation: Deviation): Deviation {
  if (deviation.subject.type !== 'path' || !/[\x80-\xff]/.test(deviation.subject.name)) return deviation;
  return { ...deviation, subject: { type: 'path', name: toUnicode(deviation.subject.name) } };
}

function countByRealm(deviations: readonly Deviation[]): Record<MapRealm, number> {
  const count = (realm: MapRealm): number => deviations.filter((one) => one.realm === realm).length;
  return Object.fromEntries(mapRealms.map((realm) => [realm, count(realm)])) as Record<MapRealm, number>;
}

export function readInventory({ realm }: Pick<RealmContext, 'realm'>): Inventory | undefined {
  try {
    return JSON.parse(fs.readFileSync(realmRecords(realm.layout).inventory, 'utf8')) as Inventory;
  } catch (error) {
    if (!(error instanceof SyntaxError) && !['ENOENT', 'EACCES'].includes(errnoOf(error) ?? '')) throw error;
    return undefined;
  }
}

/** Who may not write looks all the same. */
function remember(context: RealmContext, { things }: HostThings, before: Inventory | undefined, at: string): void {
  const { inventory } = realmRecords(context.realm.layout);
  try {
    makeFolders(dirname(inventory), 0o700);
    writeFileAtomic(inventory, `${JSON.stringify(nextInventory(things, before, at))}\n`, 0o600);
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS'].includes(errnoOf(error) ?? '')) throw error;
  }
}
