/** What is not as somebody said, as a value: in which realm, of whom, what was wanted, what is there, and what follows. */
import type { MapRealm, Owner } from './map/claims.ts';

export type SubjectType =
  | 'path'
  | 'mount'
  | 'unit'
  | 'user'
  | 'group'
  | 'package'
  | 'port'
  | 'process'
  | 'resource'
  | 'kernel';

export type Aspect =
  | 'content'
  | 'mode'
  | 'owner'
  | 'target'
  | 'kind'
  | 'missing'
  /** Not declared, where all has to be. */
  | 'extra'
  /** Something is mounted over it. */
  | 'mounted-over'
  | 'masked'
  | 'drop-in'
  | 'stopped'
  | 'failed'
  | 'not-reloaded'
  | 'enablement'
  | 'attributes'
  | 'membership'
  /** A process runs what was replaced since. */
  | 'outdated'
  | 'unfinished'
  | 'not-kept'
  /** New, gone or changed since the last look, where nobody says what has to be. */
  | 'appeared'
  | 'disappeared'
  | 'changed';

/**
 * What a deviation means: `alarm` in the congruent realm; `repair` where `sysbuild converge` puts it right; `report`
 * where its owner is known and nobody was asked to repair it; `inventory` in the divergent realm; `growth` in none.
 */
export type Verdict = 'alarm' | 'repair' | 'report' | 'inventory' | 'growth';

export interface Deviation {
  readonly realm: MapRealm;
  readonly subject: { readonly type: SubjectType; readonly name: string };
  readonly aspect: Aspect;
  readonly owner: Owner;
  readonly expected: string;
  readonly found: string;
  readonly verdict: Verdict;
  /** ISO 8601, as far as it can be known: the latest moment at which it was still otherwise, or when it was changed. */
  readonly since?: string | undefined;
  /** Unified, of texts. */
  readonly diff?: readonly string[] | undefined;
  /** What would put it right. */
  readonly remedy?: string | undefined;
  /** An override that is in force covers it. */
  readonly override?: string | undefined;
}

/** The verdict of a realm; `repairable`: a convergent resource keeps it. */
export function verdictOf(realm: MapRealm, repairable: boolean): Verdict {
  switch (realm) {
    case 'congruent':
      return 'alarm';
    case 'convergent':
      return repairable ? 'repair' : 'report';
    case 'divergent':
      return 'inventory';
    case 'unknown':
      return 'growth';
  }
}

/** Worst first; then by what it is about. */
export function sortDeviations(deviations: readonly Deviation[]): Deviation[] {
  const rank: Readonly<Record<Verdict, number>> = { alarm: 0, repair: 1, report: 2, growth: 3, inventory: 4 };
  const key = ({ subject, aspect }: Deviation): string => `${subject.type} ${subject.name} ${aspect}`;
  return deviations.toSorted(
    (a, b) => rank[a.verdict] - rank[b.verdict] || (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0),
  );
}
