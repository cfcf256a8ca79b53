/** Where the realms keep what they remember: all below the machine's state folder, `ROOT/var/lib/sysbuild`. */
import type { MachineLayout } from '../layout.ts';

export interface RealmRecords {
  /** The ordering journal. */
  readonly journal: string;
  /** What the last line of the journal is: how a cut-off end is told. */
  readonly journalHead: string;
  /** The last look at the machine: names and stamps of every path. */
  readonly look: string;
  /** Digests of files that were read, by path and stamp. */
  readonly digests: string;
  /** Users, units, packages, ports and processes at the last look. */
  readonly inventory: string;
  /** Attributes of packages' files as they were first seen. */
  readonly baseline: string;
  /** What the convergent resources were when they last held, and triggers that are still to be carried out. */
  readonly converge: string;
  /** What resources took away. */
  readonly setAside: string;
  /** Overrides that are in force. */
  readonly overrides: string;
  /** What overrides saved, a folder for each. */
  readonly overrideCopies: string;
  /** Space that is kept for ourselves. */
  readonly reserve: string;
}

export function realmRecords({ state }: Pick<MachineLayout, 'state'>): RealmRecords {
  return {
    journal: `${state}/journal`,
    journalHead: `${state}/journal.head`,
    look: `${state}/look/paths`,
    digests: `${state}/look/digests`,
    inventory: `${state}/look/inventory.json`,
    baseline: `${state}/look/baseline.json`,
    converge: `${state}/converge.json`,
    setAside: `${state}/set-aside`,
    overrides: `${state}/overrides.json`,
    overrideCopies: `${state}/overrides`,
    reserve: `${state}/reserve`,
  };
}
