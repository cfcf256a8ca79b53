/**
 * What a machine has beside paths: users, groups, units, packages, ports, mounts. Each has an owner, a realm, and facts
 * that can be compared. Where somebody answers for a thing, its facts are held against those that it was first seen
 * with; where nobody does, against the last look. Pure.
 */
import { type Deviation, type SubjectType, verdictOf } from '../deviation.ts';
import type { MapRealm, Owner } from '../map/claims.ts';

export interface Thing {
  readonly type: SubjectType;
  readonly name: string;
  readonly realm: MapRealm;
  readonly owner: Owner;
  readonly facts: Readonly<Record<string, string>>;
  /** The facts are those that it must have: they are compared with no earlier ones. */
  readonly judged?: boolean;
}

/** Things at a look; `first` are the facts that each was first seen with. */
export interface Inventory {
  /** ISO 8601. */
  readonly at: string;
  readonly things: readonly (Thing & { readonly first: Readonly<Record<string, string>> })[];
}

const keyOf = ({ type, name }: Pick<Thing, 'type' | 'name'>): string => `${type} ${name}`;

/** Whether its owner answers for how it is. */
const isKept = ({ realm }: Thing): boolean => realm === 'congruent' || realm === 'convergent';

/** The inventory after this look: what is kept in shape keeps its first facts, also when it is gone. */
export function nextInventory(things: readonly Thing[], before: Inventory | undefined, at: string): Inventory {
  const known = new Map(before?.things.map((thing) => [keyOf(thing), thing]));
  const now = new Set(things.map(keyOf));
  const gone = (before?.things ?? []).filter(
    (thing) => isKept(thing) && thing.judged !== true && !now.has(keyOf(thing)),
  );
  const current = things.map((thing) => {
    const old = known.get(keyOf(thing));
    const sameOwner =
      old !== undefined && JSON.stringify(ownerKey(old.owner)) === JSON.stringify(ownerKey(thing.owner));
    return { ...thing, first: isKept(thing) && sameOwner ? old.first : thing.facts };
  });
  return { at, things: [...current, ...gone] };
}

/** The same owner in another version is another owner: it may bring other facts. */
function ownerKey(owner: Owner): unknown {
  return owner;
}

/** What differs from the inventory before. A first look has nothing to compare with. */
export function judgeThings(things: readonly Thing[], before: Inventory | undefined): Deviation[] {
  if (before === undefined) return [];
  const known = new Map(before.things.map((thing) => [keyOf(thing), thing]));
  const now = new Set(things.map(keyOf));
  const found = things.flatMap((thing) => {
    if (thing.judged === true) return [];
    const old = known.get(keyOf(thing));
    if (old === undefined)
      return isKept(thing) ? [] : [deviation(thing, 'appeared', 'nothing', words(thing.facts), before.at)];
    return differences(thing, isKept(thing) ? old.first : old.facts, before.at);
  });
  const gone = before.things.filter((thing) => thing.judged !== true && !now.has(keyOf(thing)));
  const lost = gone.map((thing) =>
    deviation(thing, isKept(thing) ? 'missing' : 'disappeared', words(thing.facts), 'nothing', before.at),
  );
  return [...found, ...lost];
}

function differences(thing: Thing, wanted: Readonly<Record<string, string>>, at: string): Deviation[] {
  const names = new Set([...Object.keys(wanted), ...Object.keys(thing.facts)]);
  const differing = [...names].filter((name) => wanted[name] !== thing.facts[name]).sort();
  if (differing.length === 0) return [];
  const pick = (facts: Readonly<Record<string, string>>): string =>
    differing.map((name) => `${name}=${facts[name] ?? ''}`).join(' ');
  return [deviation(thing, isKept(thing) ? 'attributes' : 'changed', pick(wanted), pick(thing.facts), at)];
}

function deviation(
  thing: Thing,
  aspect: Deviation['aspect'],
  expected: string,
  found: string,
  since: string,
): Deviation {
  const { type, name, realm, owner } = thing;
  return { realm, subject: { type, name }, aspect, owner, expected, found, verdict: verdictOf(realm, false), since };
}

function words(facts: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(facts).filter(([, value]) => value !== '');
  return pairs.length === 0 ? 'there' : pairs.map(([name, value]) => `${name}=${value}`).join(' ');
}
