/** A machine from its text: evaluate, build, and make the result what the machine is. */
import {
  type Decision,
  explainUnit,
  type Machine,
  planSwitchTo,
  readManifest,
  type SwitchPlan,
  type SwitchReport,
} from '../../activate/index.ts';
import type { StorePath } from '../../formats/index.ts';
import { copyClosure } from '../../store/index.ts';
import { type BuildCounts, buildOutputs } from '../build-outputs.ts';
import { AppError } from '../errors.ts';
import { runOn } from '../machine-runs.ts';
import { type MachineOptions, type MachineSession, withMachine } from '../machine-session.ts';
import type { Subject } from '../subject.ts';
import type { RunRequest } from '../supervise/run-request.ts';
import { builtSystem, evaluateSystem } from '../system-subject.ts';

export { describeDiff, describePlan, describeUnit } from '../../activate/index.ts';

export interface SwitchRequest extends Omit<RunRequest, 'system' | 'generation' | 'plan' | 'verb'> {
  readonly verb: 'switch' | 'test' | 'boot';
  readonly subject: Subject;
  /** Take this other form of the machine that its text declares. */
  readonly specialisation?: string | undefined;
  /** Build and plan; leave the machine as it is. */
  readonly dryRun: boolean;
  /** With a dry run: say why this unit is treated as it is. */
  readonly explain?: string | undefined;
}

/** What exists after a switch. */
export interface SwitchSummary {
  /** Undefined for a dry run. */
  readonly report: SwitchReport | undefined;
  readonly plan: SwitchPlan;
  /** Why the unit that was asked about is treated as it is. */
  readonly explained: Decision | undefined;
  readonly root: string;
  readonly system: StorePath;
  /** Undefined for a system that was built before. */
  readonly drvPath: StorePath | undefined;
  readonly hostName: string;
  readonly files: number;
  readonly packages: readonly { readonly name: string; readonly version: string }[];
  readonly closure: { readonly paths: number; readonly bytes: number };
  readonly builds: BuildCounts;
  /** Paths copied from the store that was built in. */
  readonly copied: number;
  readonly milliseconds: number;
}

interface Built {
  readonly system: StorePath;
  readonly drvPath: StorePath | undefined;
  readonly counts: BuildCounts;
  readonly copied: number;
}

export function switchMachine(options: MachineOptions, request: SwitchRequest): Promise<SwitchSummary> {
  const started = performance.now();
  return withMachine(options, async (session) => {
    const built = await buildSystem(session, request.subject);
    const machine = await session.machine();
    const { subject: _, specialisation, dryRun, explain, ...rest } = request;
    const system = specialisation === undefined ? built.system : specialised(machine, built.system, specialisation);
    const report = dryRun ? undefined : await runOn(session, { ...rest, system });
    const manifest = readManifest(machine.store, system);
    const closure = machine.store.closure([system]);
    return {
      report,
      plan: report?.plan ?? (await planSwitchTo(machine, system)),
      explained: explain === undefined ? undefined : await explainUnit(machine, system, explain),
      root: session.root,
      system,
      drvPath: built.drvPath,
      hostName: manifest.hostName,
      files: manifest.files.length,
      packages: manifest.packages.map(({ name, version }) => ({ name, version })),
      closure: { paths: closure.length, bytes: sizeOf(machine.store, closure) },
      builds: built.counts,
      copied: built.copied,
      milliseconds: performance.now() - started,
    };
  });
}

function specialised(machine: Machine, system: StorePath, name: string): StorePath {
  const { specialisations } = readManifest(machine.store, system);
  const found = specialisations.find((one) => one.name === name);
  if (found !== undefined) return found.system as StorePath;
  const names = specialisations.map((one) => one.name).join(', ');
  throw new AppError('app/usage', `the machine has no specialisation '${name}'`, {
    hint: names === '' ? 'It has none.' : `There are: ${names}.`,
  });
}

/** The system in the machine's own store: evaluated and built, or one that was built before. */
export async function buildSystem(session: MachineSession, subject: Subject): Promise<Built> {
  const before = await builtSystem(session, subject);
  if (before !== undefined) {
    const counts = { built: 0, fetched: 0, substituted: 0, reused: 1 };
    return { system: before, drvPath: undefined, counts, copied: await bringToMachine(session, before) };
  }
  const drvPath = await evaluateSystem(session.session, subject);
  const { outputs, counts } = await buildOutputs(session.session, [drvPath]);
  const system = outputs.get(drvPath.drvPath)!.get(drvPath.outputName)!;
  return { system, drvPath: drvPath.drvPath, counts, copied: await bringToMachine(session, system) };
}

/** Copies the system's closure where the machine has its own store. Returns how many paths that were. */
async function bringToMachine(machine: MachineSession, system: StorePath): Promise<number> {
  if (machine.buildsInPlace) return 0;
  const { session } = machine;
  const store = await machine.store();
  if (store.isValid(system)) return 0;
  return (await copyClosure(await session.store(), store, [system], session.sink)).length;
}

function sizeOf(store: { pathInfo(path: StorePath): { narSize: number } | undefined }, paths: StorePath[]): number {
  return paths.reduce((sum, path) => sum + (store.pathInfo(path)?.narSize ?? 0), 0);
}
