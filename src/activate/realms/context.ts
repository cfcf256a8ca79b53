/** What the realms know of a machine before they look at it: its generation, its claims and rules, what is mounted. */
import * as fs from 'node:fs';
import { fromUnicode } from '../../base/bytes.ts';
import type { StorePath } from '../../formats/index.ts';
import { readMadeFolders } from '../folders.ts';
import type { MachineLayout } from '../layout.ts';
import { treeOf } from '../look.ts';
import type { Machine } from '../machine.ts';
import type { Manifest } from '../manifest.ts';
import { readManifest } from '../system-store.ts';
import type { DesiredTree } from '../tree-state.ts';
import { declaredPackages, resourcePaths } from './converge/resource-paths.ts';
import { Claims, type Owner } from './map/claims.ts';
import { Classifier } from './map/classify.ts';
import { kernelFolders } from './map/generated.ts';
import { DiskFiles, type HostFiles } from './map/host-files.ts';
import { addGenerationClaims, addOwnClaims, ownedFolders } from './map/manifest-claims.ts';
import { type Mount, parseMounts, planWalk, type WalkPlan } from './map/mounts.ts';
import { addPackageClaims } from './map/package-claims.ts';
import type { RealmPattern } from './map/patterns.ts';
import { Scope, scopeFiles } from './map/scope.ts';

/** A machine as the realms see it: one that was never switched has no generation. */
export interface RealmMachine {
  readonly layout: MachineLayout;
  readonly by: string;
  readonly now: () => Date;
  /** Undefined where nothing was switched yet. */
  readonly machine: Machine | undefined;
}

/** What the machine is now: its current generation, or a system that it is on trial. */
export interface LiveGeneration {
  /** Undefined where a first system is on trial. */
  readonly number: number | undefined;
  readonly system: StorePath;
  readonly manifest: Manifest;
  readonly tree: DesiredTree;
}

export interface RealmContext {
  readonly realm: RealmMachine;
  readonly files: HostFiles;
  readonly generation: LiveGeneration | undefined;
  readonly claims: Claims;
  readonly classifier: Classifier;
  readonly rules: readonly RealmPattern[];
  readonly owned: readonly (readonly [folder: string, owner: Owner])[];
  readonly scope: Scope;
  readonly mounts: readonly Mount[];
  readonly walk: WalkPlan;
  /** It is the machine that this program runs on: it has processes, ports and a service manager. */
  readonly live: boolean;
}

/** @param onlyRoot leave out all that is mounted below the root */
export function realmContext(realm: RealmMachine, onlyRoot = false): RealmContext {
  const { layout } = realm;
  const files = new DiskFiles(layout.root);
  const generation = currentGeneration(realm.machine);
  const claims = new Claims();
  const resources = generation?.manifest.converge ?? [];
  const owned = ownedOf(generation);
  if (generation !== undefined) {
    const real = (path: string): string => files.real(path);
    addGenerationClaims(claims, { tree: generation.tree, madeFolders: readMadeFolders(layout), real });
    for (const [path, claim] of resourcePaths(resources)) claims.add(real(fromUnicode(path)), claim);
  }
  addOwnClaims(claims, [...(generation?.tree.keys() ?? [])].map(fromUnicode));
  addPackageClaims(claims, files, declaredPackages(resources));
  const rules = (generation?.manifest.realms ?? []).map((rule) => ({ ...rule, pattern: fromUnicode(rule.pattern) }));
  const mounts = mountsOf(layout.root);
  return {
    realm,
    files,
    generation,
    claims,
    classifier: new Classifier({ claims, rules, owned }),
    rules,
    owned,
    scope: new Scope(scopeFiles.map((path) => files.read(path) ?? '').join('\n')),
    mounts,
    walk: planWalk(mounts, kernelFolders, onlyRoot),
    live: layout.root === '',
  };
}

function currentGeneration(machine: Machine | undefined): RealmContext['generation'] {
  const current = machine?.generations.current();
  const system = machine?.generations.trial() ?? current?.system;
  if (machine === undefined || system === undefined) return undefined;
  return {
    number: current?.number,
    system,
    manifest: readManifest(machine.store, system),
    tree: treeOf(machine, system),
  };
}

function ownedOf(generation: RealmContext['generation']): [string, Owner][] {
  if (generation === undefined) return [];
  const { tree, manifest } = generation;
  return ownedFolders(tree, manifest.files).map((path) => [
    fromUnicode(path),
    { type: 'option', ...tree.get(path)!.declared },
  ]);
}

function mountsOf(root: string): Mount[] {
  try {
    return parseMounts(fs.readFileSync('/proc/self/mountinfo', 'latin1'), root);
  } catch {
    return []; // no /proc: the walk stays on the file system of the root
  }
}
