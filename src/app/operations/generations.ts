/** What a machine was and is: its generations, going back to one, and what differs between two. */
import {
  compareGenerations,
  type Generation,
  interruptedSwitch,
  planRollback,
  readManifest,
  rollback,
  type SwitchPlan,
  type SwitchReport,
  type SystemDiff,
} from '../../activate/index.ts';
import { type MachineOptions, withMachine } from '../machine-session.ts';

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

export interface RollbackRequest {
  /** Undefined: the generation before the current one. */
  readonly generation: number | undefined;
  readonly wait: boolean;
  readonly dryRun: boolean;
}

export interface RollbackSummary {
  readonly root: string;
  readonly plan: SwitchPlan;
  /** Undefined for a dry run. */
  readonly report: SwitchReport | undefined;
}

export function rollbackMachine(options: MachineOptions, request: RollbackRequest): Promise<RollbackSummary> {
  return withMachine(options, async (session) => {
    const machine = await session.existingMachine();
    const { generation, wait, dryRun } = request;
    const { root } = session;
    if (dryRun) return { root, plan: await planRollback(machine, generation), report: undefined };
    const report = await rollback(machine, generation, { wait, signal: session.session.signal });
    return { root, plan: report.plan, report };
  });
}

/** By default the generation before the current one with the current one. */
export function diffGenerations(options: MachineOptions, before?: number, after?: number): Promise<SystemDiff> {
  return withMachine(options, async (session) => compareGenerations(await session.existingMachine(), before, after));
}

export interface MachineStatus {
  readonly root: string;
  readonly current: Generation | undefined;
  /** The switch that was interrupted: the next one finishes or undoes it. */
  readonly interrupted: { readonly generation: number; readonly startedAt: string } | undefined;
  /** What a switch to the current system would put right. */
  readonly deviations: SwitchPlan | undefined;
}

export function machineStatus(options: MachineOptions): Promise<MachineStatus> {
  return withMachine(options, async (session) => {
    const machine = await session.existingMachine();
    const current = machine.generations.current();
    const left = interruptedSwitch(machine);
    return {
      root: session.root,
      current,
      interrupted: left && { generation: left.head.to.generation, startedAt: left.head.startedAt },
      deviations: current && (await planRollback(machine, current.number)),
    };
  });
}
