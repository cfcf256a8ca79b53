/** From a machine and a system to a plan: reads the manifests, looks at the machine, and asks the pure planner. */
import * as fs from 'node:fs';
import { formatBytes } from '../base/text.ts';
import type { StorePath } from '../formats/index.ts';
import { Backups } from './backups.ts';
import { desiredTree } from './desired.ts';
import { ActivateError } from './errors.ts';
import type { Move } from './journal.ts';
import type { Machine } from './machine.ts';
import { type Observations, observe } from './observe.ts';
import type { Step, SwitchPlan } from './plan-values.ts';
import { readMadeFolders } from './switch-apply.ts';
import { planSwitch } from './switch-plan.ts';
import { readManifest } from './system-store.ts';
import type { DesiredTree } from './tree-state.ts';

export interface Look {
  readonly plan: SwitchPlan;
  readonly seen: Observations;
}

/** The tree that a system wants on this machine. */
export function treeOf(machine: Machine, system: StorePath): DesiredTree {
  return desiredTree(readManifest(machine.store, system), machine.files, machine.layout.root, machine.owners);
}

/**
 * Plans the switch to a system. Changes nothing.
 * @param generation its number when it has one
 */
export function lookAndPlan(machine: Machine, system: StorePath, generation: number | undefined): Look {
  const current = machine.generations.current();
  const to = treeOf(machine, system);
  const treeBefore = current?.system === system ? to : current && treeOf(machine, current.system);
  const from = current && { generation: current.number, system: current.system, tree: treeBefore! };
  const madeFolders = readMadeFolders(machine.layout);
  const paths = new Set([...(from?.tree.keys() ?? []), ...to.keys(), ...madeFolders]);
  const seen = observe(machine.layout.root, paths, linksOf(from?.tree));
  const plan = planSwitch({
    from,
    to: { generation, system, tree: to },
    seen: new Map([...seen].map(([path, observation]) => [path, observation.state])),
    originals: new Backups(machine.layout).originals(),
    madeFolders,
    folder: {
      kind: 'directory',
      mode: 0o755,
      ...(machine.owners ? { uid: 0, gid: 0 } : { uid: undefined, gid: undefined }),
    },
  });
  return { plan, seen };
}

function linksOf(tree: DesiredTree | undefined): Set<string> {
  return new Set([...(tree?.values() ?? [])].flatMap((entry) => (entry.state.kind === 'symlink' ? [entry.path] : [])));
}

/** The steps with their places on disk and the numbers of the backups that they fill. */
export function movesOf(machine: Machine, look: Look): Move[] {
  let backup = new Backups(machine.layout).nextNumber();
  return look.plan.steps.map((step, index) => ({
    index,
    step,
    place: look.seen.get(step.path)!.place,
    backup: step.saves === undefined ? undefined : backup++,
  }));
}

/**
 * Refuses a switch for which the disk has no room.
 * @throws ActivateError `activate/no-space`
 */
export function checkSpace(machine: Machine, moves: readonly Move[]): void {
  const needed = new Map<string, number>();
  const add = (folder: string, size: number): void => void needed.set(folder, (needed.get(folder) ?? 0) + size);
  for (const { step, place } of moves) {
    add(machine.layout.root + place.folder, sizeOf(step.after));
    if (step.saves !== undefined) add(machine.layout.state, sizeOf(step.before));
  }
  const byDevice = Map.groupBy(needed, ([folder]) => fs.statSync(folder || '/').dev);
  for (const entries of byDevice.values()) {
    const folder = entries[0]![0] || '/';
    const wanted = entries.reduce((sum, [, size]) => sum + size, 0);
    const { bavail, bsize } = fs.statfsSync(folder);
    if (wanted > bavail * bsize) throw noSpace(folder, wanted, bavail * bsize);
  }
}

function sizeOf(state: Step['before'] | Step['after']): number {
  return state.kind === 'file' ? state.size : 0;
}

function noSpace(folder: string, wanted: number, free: number): ActivateError {
  return new ActivateError(
    'activate/no-space',
    `the switch needs ${formatBytes(wanted)} at '${folder}', where ${formatBytes(free)} are free`,
    { details: { folder, wanted, free }, hint: 'free some space and switch again; nothing was changed' },
  );
}
