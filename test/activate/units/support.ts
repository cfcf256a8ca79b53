/** Sets of units made from texts, and what runs. */

import type { DesiredEntry } from '../../../src/activate/tree-state.ts';
import type { ActiveState, LiveUnit } from '../../../src/activate/units/live-unit.ts';
import { UnitPlanner } from '../../../src/activate/units/unit-plan.ts';
import { UnitSet, unitFolder } from '../../../src/activate/units/unit-set.ts';

/** By path below the folder of units: a text, or the target of a link. */
export type UnitFiles = Readonly<Record<string, string | { readonly link: string }>>;

export function unitSet(files: UnitFiles): UnitSet {
  const tree = new Map<string, DesiredEntry>();
  for (const [name, content] of Object.entries(files)) {
    const path = `${unitFolder}/${name}`;
    const state =
      typeof content === 'string'
        ? ({ kind: 'file', digest: content, size: 0, source: path, mode: 0o644, uid: 0, gid: 0 } as const)
        : ({ kind: 'symlink', target: content.link } as const);
    tree.set(path, { path, state, realm: 'congruent', declared: { option: name, definedIn: 'm.nix' } });
  }
  return new UnitSet(tree, (path) => {
    const content = files[path.slice(unitFolder.length + 1)];
    return typeof content === 'string' ? content : undefined;
  });
}

export function liveUnit(name: string, active: ActiveState, more: Partial<LiveUnit> = {}): LiveUnit {
  const sub = active === 'active' ? 'running' : active;
  return {
    ...{ name, active, sub, load: 'loaded', fragment: `${unitFolder}/${name}`, triggeredBy: [] },
    ...{ mainStatus: 0, restarts: 0, since: '0' },
    ...more,
  };
}

/** `nginx.service`: active; `nginx.service:failed`. `multi-user.target` is always active. */
export function live(...units: readonly (string | LiveUnit)[]): Map<string, LiveUnit> {
  const all = ['multi-user.target', 'sockets.target', 'timers.target', ...units].map((unit) => {
    if (typeof unit !== 'string') return unit;
    const [, name, state = 'active'] = /^(.*?)(?::(\w+))?$/.exec(unit)!;
    return liveUnit(name!, state as ActiveState);
  });
  return new Map(all.map((unit) => [unit.name, unit]));
}

/** The plan as `unit action` lines. */
export function planned(
  before: UnitFiles,
  after: UnitFiles,
  running: ReadonlyMap<string, LiveUnit>,
  foreign: readonly string[] = [],
): string[] {
  const planner = new UnitPlanner({
    before: unitSet(before),
    after: unitSet(after),
    live: running,
    foreign: (name) => foreign.includes(name),
  });
  return planner.steps().map((step) => `${step.unit} ${step.action}`);
}

export const wanted = (name: string): UnitFiles => ({ [`multi-user.target.wants/${name}`]: { link: `../${name}` } });
