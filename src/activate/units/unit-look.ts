/** Looks at the units of a machine that runs, and plans what a switch does to them. Changes nothing. */
import * as fs from 'node:fs';
import { ActivateError } from '../errors.ts';
import type { Machine } from '../machine.ts';
import type { StoreFiles } from '../system-store.ts';
import type { DesiredTree } from '../tree-state.ts';
import { isFailing, isRunning, type LiveUnits } from './live-unit.ts';
import { isTemplate } from './unit-name.ts';
import { UnitPlanner } from './unit-plan.ts';
import { UnitSet, unitFolder } from './unit-set.ts';
import type { UnitStep } from './unit-values.ts';

export interface UnitLook {
  readonly steps: readonly UnitStep[];
  readonly planner: UnitPlanner;
  /** Names of the units that run, and of those that failed. */
  readonly running: readonly string[];
  readonly failed: readonly string[];
  /** Texts of units that are new or have changed, by name. */
  readonly texts: ReadonlyMap<string, string>;
  /** The service manager's own settings change. */
  readonly anew: boolean;
}

interface Trees {
  readonly before: DesiredTree;
  readonly after: DesiredTree;
}

/** Where packages and administrators have units, besides the folder that is ours. */
const otherFolders = [
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
  '/usr/local/lib/systemd/system',
  '/run/systemd/system',
];

/** Undefined for a machine that does not run. */
export async function lookAtUnits(machine: Machine, trees: Trees): Promise<UnitLook | undefined> {
  const { manager } = machine;
  if (manager === undefined) return undefined;
  const sets = { before: setOf(machine.files, trees.before), after: setOf(machine.files, trees.after) };
  const names = new Set([...sets.before.names(), ...sets.after.names()].filter((name) => !isTemplate(name)));
  const live = await manager.live([...names]);
  const planner = new UnitPlanner({ ...sets, live, foreign: (name) => isForeign(machine, trees, name) });
  return {
    steps: planner.steps(),
    planner,
    running: namesOf(live, (unit) => isRunning(unit)),
    failed: namesOf(live, isFailing),
    texts: changedTexts(sets.before, sets.after),
    anew: false,
  };
}

function namesOf(live: LiveUnits, wanted: (unit: NonNullable<ReturnType<LiveUnits['get']>>) => boolean): string[] {
  return [...new Set([...live.values()].filter(wanted).map((unit) => unit.name))].sort();
}

function setOf(files: StoreFiles, tree: DesiredTree): UnitSet {
  return new UnitSet(tree, (path) => {
    const state = tree.get(path)!.state;
    if (state.kind === 'file') return files.readText(state.source);
    return state.kind === 'symlink' ? textBehind(files, state.target) : undefined;
  });
}

/** A link to a unit in the store stands for its file. */
function textBehind(files: StoreFiles, target: string): string | undefined {
  try {
    const found = files.follow(target);
    return found.state.kind === 'file' ? files.readText(found.path) : undefined;
  } catch (error) {
    if (error instanceof ActivateError) return undefined;
    throw error;
  }
}

function isForeign({ layout }: Machine, { before, after }: Trees, name: string): boolean {
  if (otherFolders.some((folder) => fs.existsSync(`${layout.root}${folder}/${name}`))) return true;
  const ours = `${unitFolder}/${name}`;
  return !before.has(ours) && !after.has(ours) && fs.existsSync(layout.root + ours);
}

function changedTexts(before: UnitSet, after: UnitSet): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of after.names()) {
    const text = after.fileText(name);
    if (text !== undefined && text !== before.fileText(name)) found.set(name, text);
  }
  return found;
}
