/** From a machine and a system to a plan: reads the manifests, looks at the machine, and asks the pure planners. */
import * as fs from 'node:fs';
import { formatBytes } from '../base/text.ts';
import type { StorePath } from '../formats/index.ts';
import { lookAtAccounts } from './accounts/account-look.ts';
import type { AccountPlan } from './accounts/account-plan.ts';
import { parseAccounts } from './accounts.ts';
import { Backups } from './backups.ts';
import { desiredTree } from './desired.ts';
import { ActivateError } from './errors.ts';
import { readMadeFolders } from './folders.ts';
import type { Move } from './journal.ts';
import { checksOf } from './live/checks.ts';
import { effectsOf, managerChanges } from './live/effects.ts';
import type { Machine } from './machine.ts';
import type { Manifest } from './manifest.ts';
import { type Observations, observe } from './observe.ts';
import type { FilePlan, Step, SwitchPlan } from './plan-values.ts';
import { activeOverrides } from './realms/overrides/overrides.ts';
import { respectOverrides } from './realms/overrides/respect.ts';
import { planFiles } from './switch-plan.ts';
import { readManifest } from './system-store.ts';
import type { DesiredTree } from './tree-state.ts';
import { lookAtUnits, type UnitLook } from './units/unit-look.ts';

export interface Look {
  readonly plan: SwitchPlan;
  readonly seen: Observations;
  readonly accounts: AccountPlan;
  readonly manifest: Manifest;
  /** Undefined for a machine that does not run. */
  readonly units: UnitLook | undefined;
}

/** The tree that a system wants on this machine. */
export function treeOf(machine: Machine, system: StorePath): DesiredTree {
  return desiredTree(readManifest(machine.store, system), machine.files, machine.layout.root, machine.owners);
}

/**
 * Plans the switch to a system. Changes nothing.
 * @param generation its number when it has one
 */
export async function lookAndPlan(machine: Machine, system: StorePath, generation: number | undefined): Promise<Look> {
  const from = standing(machine);
  const manifest = readManifest(machine.store, system);
  const manifestBefore = from === undefined ? undefined : readManifest(machine.store, from.system);
  const accounts = lookAtAccounts(machine, manifestBefore, manifest);
  const tree = treeWith(machine, manifest, accounts);
  const treeBefore = from === undefined ? undefined : from.system === system ? tree : treeOf(machine, from.system);
  const { files, seen } = lookAtFiles(machine, treeBefore, tree);
  const units = await lookAtUnits(machine, { before: treeBefore ?? new Map(), after: tree });
  const changed = files.steps.map(({ path, after }) => ({ path, remains: after.kind !== 'absent' }));
  const plan: SwitchPlan = {
    version: 1,
    from,
    to: { generation, system },
    files: files.steps,
    adopted: files.adopted,
    left: files.left,
    unchanged: files.unchanged,
    users: accounts.steps,
    units: units?.steps ?? [],
    effects: units === undefined ? [] : effectsOf(changed),
    mounts: [],
    secrets: [],
    boot: null,
    checks: checksOf(manifest, units !== undefined),
  };
  return { plan, seen, accounts, manifest, units: units && { ...units, anew: managerChanges(changed) } };
}

/** What the files on disk are of. */
function standing(machine: Machine): { generation: number; system: StorePath } | undefined {
  const current = machine.generations.current();
  return current && { generation: current.number, system: machine.generations.trial() ?? current.system };
}

function treeWith(machine: Machine, manifest: Manifest, accounts: AccountPlan): DesiredTree {
  const { files, layout, owners } = machine;
  if (accounts.texts === undefined) return desiredTree(manifest, files, layout.root, owners);
  const { passwd, group } = accounts.texts;
  return desiredTree(manifest, files, layout.root, owners, parseAccounts(passwd, group));
}

function lookAtFiles(machine: Machine, before: DesiredTree | undefined, after: DesiredTree) {
  const madeFolders = readMadeFolders(machine.layout);
  const paths = new Set([...(before?.keys() ?? []), ...after.keys(), ...madeFolders]);
  const seen = observe(machine.layout.root, paths, linksOf(before));
  const plan = planFiles({
    from: before && { tree: before },
    to: { tree: after },
    seen: new Map([...seen].map(([path, observation]) => [path, observation.state])),
    originals: new Backups(machine.layout).originals(),
    madeFolders,
    folder: {
      kind: 'directory',
      mode: 0o755,
      ...(machine.owners ? { uid: 0, gid: 0 } : { uid: undefined, gid: undefined }),
    },
  });
  return { files: respectOverrides(respectMasks(plan, before), activeOverrides(machine)), seen };
}

/** A unit that somebody masked by hand stays masked: that is how one says that it must not run. */
function respectMasks(plan: FilePlan, before: DesiredTree | undefined): FilePlan {
  const isMask = (state: { readonly kind: string; readonly target?: string } | undefined): boolean =>
    state?.kind === 'symlink' && state.target === '/dev/null';
  const masked = plan.steps.filter(
    ({ path, before: seen }) =>
      /^\/etc\/systemd\/system\/[^/]+$/.test(path) && isMask(seen) && !isMask(before?.get(path)?.state),
  );
  if (masked.length === 0) return plan;
  const left = masked.map(({ path }) => ({ path, why: 'it was masked by hand (systemctl unmask takes that back)' }));
  return {
    ...plan,
    steps: plan.steps.filter((step) => !masked.includes(step)),
    left: [...plan.left, ...left].sort((a, b) => (a.path < b.path ? -1 : 1)),
  };
}

function linksOf(tree: DesiredTree | undefined): Set<string> {
  return new Set([...(tree?.values() ?? [])].flatMap((entry) => (entry.state.kind === 'symlink' ? [entry.path] : [])));
}

/** The steps with their places on disk and the numbers of the backups that they fill. */
export function movesOf(machine: Machine, look: Look): Move[] {
  let backup = new Backups(machine.layout).nextNumber();
  return look.plan.files.map((step, index) => ({
    index,
    step,
    place: look.seen.get(step.path)!.place,
    backup: step.saves === undefined ? undefined : backup++,
  }));
}

/** Bytes that the steps write, by the real path of a folder that is there. */
export function spaceNeeded(machine: Machine, moves: readonly Move[]): Map<string, number> {
  const needed = new Map<string, number>();
  const add = (folder: string, size: number): void =>
    void needed.set(folder || '/', (needed.get(folder || '/') ?? 0) + size);
  // Every step writes names, and the journal holds the whole plan.
  add(
    machine.layout.state,
    moves.reduce((sum, move) => sum + JSON.stringify(move).length, 65_536),
  );
  for (const { step, place } of moves) {
    add(machine.layout.root + place.folder, sizeOf(step.after));
    if (step.saves !== undefined) add(machine.layout.state, sizeOf(step.before));
  }
  return needed;
}

/**
 * Refuses a switch for which the disk has no room.
 * @throws ActivateError `activate/no-space`
 */
export function checkSpace(machine: Machine, moves: readonly Move[]): void {
  const byDevice = Map.groupBy(spaceNeeded(machine, moves), ([folder]) => fs.statSync(folder).dev);
  for (const entries of byDevice.values()) {
    const folder = entries[0]![0];
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
