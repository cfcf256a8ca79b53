/** What a machine was and is: its generations, going back to one, and what differs between two. */
import * as fs from 'node:fs';
import {
  compareGenerations,
  type Generation,
  parsePlan,
  planRollback,
  readManifest,
  type SwitchPlan,
  type SwitchReport,
  type SystemDiff,
} from '../../activate/index.ts';
import { runOn } from '../machine-runs.ts';
import { type MachineOptions, withMachine } from '../machine-session.ts';
import type { RunRequest } from '../supervise/run-request.ts';

export { describeDiff, describePlan } from '../../activate/index.ts';

export interface GenerationReport extends Generation {
  readonly hostName: string;
  readonly packages: number;
  readonly files: number;
  readonly closureBytes: number;
}

/** All generations, oldest first. */
export function listGenerations(options: MachineOptions): Promise<GenerationReport[]> {
  return withMachine(options, async (session) => {
    const machine = await session.existingMachine();
    return machine.generations.list().map((generation) => {
      const { hostName, packages, files } = readManifest(machine.store, generation.system);
      const closure = machine.store.closure([generation.system]);
      const closureBytes = closure.reduce((sum, path) => sum + (machine.store.pathInfo(path)?.narSize ?? 0), 0);
      return { ...generation, hostName, packages: packages.length, files: files.length, closureBytes };
    });
  });
}

export interface RollbackRequest extends Omit<RunRequest, 'system' | 'plan' | 'verb' | 'label'> {
  readonly dryRun: boolean;
}

export interface RunSummary {
  readonly root: string;
  readonly plan: SwitchPlan;
  /** Undefined for a dry run. */
  readonly report: SwitchReport | undefined;
}

export function rollbackMachine(options: MachineOptions, request: RollbackRequest): Promise<RunSummary> {
  return withMachine(options, async (session) => {
    const machine = await session.existingMachine();
    const { dryRun, ...rest } = request;
    const { root } = session;
    if (dryRun) return { root, plan: await planRollback(machine, request.generation), report: undefined };
    const report = await runOn(session, { verb: 'rollback', ...rest });
    return { root, plan: report.plan, report };
  });
}

/** Carries out a plan that `plan --out` wrote. */
export function applyPlanFile(
  options: MachineOptions,
  file: string,
  request: Omit<RunRequest, 'system' | 'plan' | 'verb' | 'generation'>,
): Promise<RunSummary> {
  return withMachine(options, async (session) => {
    const plan = parsePlan(fs.readFileSync(file, 'utf8'), file);
    const report = await runOn(session, { verb: 'apply', plan, ...request });
    return { root: session.root, plan: report.plan, report };
  });
}

/** By default the generation before the current one with the current one. */
export function diffGenerations(options: MachineOptions, before?: number, after?: number): Promise<SystemDiff> {
  return withMachine(options, async (session) => compareGenerations(await session.existingMachine(), before, after));
}
