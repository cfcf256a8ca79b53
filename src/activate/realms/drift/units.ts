/** Units of the machine: how each is, who answers for it, and what of it is not as it was declared or installed. Pure. */

import { type Aspect, type Deviation, verdictOf } from '../deviation.ts';
import type { Claims, MapRealm, Owner } from '../map/claims.ts';

/** What `systemctl show` says of a unit. */
export interface UnitState {
  readonly name: string;
  readonly load: string;
  readonly active: string;
  readonly sub: string;
  /** `enabled`, `disabled`, `static`, `masked`, `masked-runtime`, …; empty for units without a file. */
  readonly enablement: string;
  readonly fragment: string;
  readonly dropIns: readonly string[];
  readonly needsReload: boolean;
  readonly type: string;
  /** Its conditions held when they were asked last, or never were asked. */
  readonly conditions: boolean;
  readonly wantedBy: readonly string[];
  /** ISO 8601 of the last change of its state. */
  readonly since: string | undefined;
}

export const unitProperties: readonly string[] = [
  ...['Id', 'LoadState', 'ActiveState', 'SubState', 'UnitFileState', 'FragmentPath', 'DropInPaths', 'NeedDaemonReload'],
  ...['Type', 'ConditionResult', 'ConditionTimestamp', 'WantedBy', 'RequiredBy', 'StateChangeTimestamp'],
];

/** Reads what `systemctl show --property=…` prints: `KEY=VALUE` lines, a blank line between units. */
export function parseUnits(text: string): UnitState[] {
  return text.split(/\n\n+/).flatMap((block) => {
    const fields = new Map(
      block.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
    const get = (name: string): string => fields.get(name) ?? '';
    if (get('Id') === '') return [];
    return [
      {
        name: get('Id'),
        load: get('LoadState'),
        active: get('ActiveState'),
        sub: get('SubState'),
        enablement: get('UnitFileState'),
        fragment: get('FragmentPath'),
        dropIns: words(get('DropInPaths')),
        needsReload: get('NeedDaemonReload') === 'yes',
        type: get('Type'),
        conditions: get('ConditionResult') === 'yes' || get('ConditionTimestamp') === '',
        wantedBy: [...words(get('WantedBy')), ...words(get('RequiredBy'))],
        since: timestamp(get('StateChangeTimestamp')),
      },
    ];
  });
}

const words = (text: string): string[] => text.split(' ').filter((word) => word !== '');

/** `Mon 2026-01-05 10:00:00 UTC`. */
function timestamp(text: string): string | undefined {
  const match = /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC/.exec(text);
  return match === null ? undefined : `${match[1]}T${match[2]}.000Z`;
}

export interface UnitContext {
  readonly claims: Claims;
  /** Units that a convergent resource of the kind `service` keeps, with that resource. */
  readonly kept: ReadonlyMap<string, Owner>;
  /** Packages' units that were enabled when they were installed. */
  readonly enabledAtInstall: ReadonlySet<string>;
  /** A path with links of its folder followed. */
  readonly real: (path: string) => string;
  /** Whether a path leads to `/dev/null`. */
  readonly isMask: (path: string) => boolean;
}

/** Who answers for a unit: the owner of its file. */
export function unitOwner(unit: UnitState, { claims, kept, real }: UnitContext): { realm: MapRealm; owner: Owner } {
  const resource = kept.get(unit.name);
  const places = unit.load === 'masked' ? installedPlaces(unit.name) : [unit.fragment];
  const claim = places.map((path) => claims.get(real(path))).find((found) => found !== undefined);
  if (claim?.realm === 'congruent') return { realm: 'congruent', owner: claim.owner };
  if (resource !== undefined) return { realm: 'convergent', owner: resource };
  return claim === undefined
    ? { realm: 'unknown', owner: { type: 'nobody' } }
    : { realm: claim.realm, owner: claim.owner };
}

/** Where the file of a unit is that a mask hides. */
function installedPlaces(name: string): string[] {
  return ['/etc/systemd/system', '/usr/lib/systemd/system', '/lib/systemd/system'].map((folder) => `${folder}/${name}`);
}

/** What is not as it should be with one unit. @param active units that are active now */
export function judgeUnit(unit: UnitState, context: UnitContext, active: ReadonlySet<string>): Deviation[] {
  const { realm, owner } = unitOwner(unit, context);
  const keeper = context.kept.get(unit.name);
  const say = (aspect: Aspect, expected: string, found: string, remedy: string): Deviation => ({
    realm,
    subject: { type: 'unit', name: unit.name },
    aspect,
    owner,
    expected,
    found,
    verdict: verdictOf(realm, keeper !== undefined),
    since: unit.since,
    remedy,
  });
  if (realm === 'unknown' || realm === 'divergent') return [];
  const { name } = unit;
  const found: Deviation[] = [];
  if (unit.load === 'masked') {
    const shipped = installedPlaces(name).some((path) => context.isMask(path) && isOurs(path, context));
    return shipped ? [] : [say('masked', 'not masked', unit.enablement, `systemctl unmask ${name}`)];
  }
  for (const path of unit.dropIns) {
    if (isChangeable(path) && !isOurs(path, context))
      found.push(say('drop-in', 'no drop-in', path, `remove ${path}, then systemctl daemon-reload`));
  }
  if (unit.needsReload)
    found.push(say('not-reloaded', 'the unit file as loaded', 'a newer file on disk', 'systemctl daemon-reload'));
  if (unit.active === 'failed')
    found.push(say('failed', 'active', `failed (${unit.sub})`, `systemctl restart ${name}`));
  else if (shouldRun(unit, active)) found.push(say('stopped', 'active', unit.active, `systemctl start ${name}`));
  if (unit.enablement === 'disabled' && context.enabledAtInstall.has(name)) {
    found.push(say('enablement', 'enabled', 'disabled', `systemctl enable ${name}`));
  }
  return found;
}

/** Something that is active wants it, and it is of a kind that goes on running. */
function shouldRun(unit: UnitState, active: ReadonlySet<string>): boolean {
  const lasting =
    /\.(socket|timer|path|mount)$/.test(unit.name) || (unit.name.endsWith('.service') && unit.type !== 'oneshot');
  const wanted = unit.wantedBy.some((other) => active.has(other) && other.endsWith('.target'));
  return lasting && wanted && unit.conditions && unit.active === 'inactive' && unit.load === 'loaded';
}

/** Folders that people and programs write drop-ins to; those in `/usr` are packages'. */
function isChangeable(path: string): boolean {
  return (
    /^\/(etc|run)\/systemd\/(system|system\.control|transient)\//.test(path) &&
    !path.startsWith('/run/systemd/transient/')
  );
}

function isOurs(path: string, { claims, real }: UnitContext): boolean {
  return claims.get(real(path)) !== undefined;
}
