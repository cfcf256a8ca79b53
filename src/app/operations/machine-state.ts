/** What a machine is at this moment, what was done to it, and giving up what is under way. */
import {
  abortAll,
  activeOverrides,
  type BootRecovery,
  confirm,
  type Generation,
  type GivenUp,
  interruptedSwitch,
  listReports,
  lockHolder,
  type Override,
  planSwitchTo,
  type RunReport,
  readReport,
  recoverAtBoot,
  recoverMachine,
  type SwitchPlan,
  type Unconfirmed,
  unconfirmed,
} from '../../activate/index.ts';
import type { StorePath } from '../../formats/index.ts';
import { AppError } from '../errors.ts';
import { type MachineOptions, withMachine } from '../machine-session.ts';

export { describeOverride, describePlan } from '../../activate/index.ts';

export interface MachineStatus {
  readonly root: string;
  readonly current: Generation | undefined;
  /** The system that the machine is on trial, until it boots. */
  readonly trial: StorePath | undefined;
  /** The number of the generation that it becomes when it boots. */
  readonly next: number | undefined;
  /** Who switches it at this moment. */
  readonly busy: string | undefined;
  /** The switch that waits for somebody to confirm it. */
  readonly waiting: Unconfirmed | undefined;
  /** The switch that was interrupted: the next one finishes or undoes it. */
  readonly interrupted: { readonly generation: number; readonly startedAt: string } | undefined;
  /** What a switch to what it is now would put right; undefined while it is being switched. */
  readonly deviations: SwitchPlan | undefined;
  /** Emergency changes that are in force. */
  readonly overrides: readonly Override[];
  /** The last run. */
  readonly last: RunReport | undefined;
}

export function machineStatus(options: MachineOptions): Promise<MachineStatus> {
  return withMachine(options, async (session) => {
    const machine = await session.existingMachine();
    const { layout, generations } = machine;
    const current = generations.current();
    const trial = generations.trial();
    const left = interruptedSwitch(machine);
    const busy = lockHolder(layout);
    const system = trial ?? current?.system;
    return {
      root: session.root,
      current,
      trial,
      next: generations.next(),
      busy,
      waiting: unconfirmed(layout),
      interrupted: left && { generation: left.head.to.generation, startedAt: left.head.startedAt },
      deviations: system === undefined || busy !== undefined ? undefined : await planSwitchTo(machine, system),
      overrides: activeOverrides(machine),
      last: listReports(layout).at(-1),
    };
  });
}

export function abortMachine(options: MachineOptions): Promise<GivenUp> {
  return withMachine(options, async (session) => abortAll(await session.existingMachine()));
}

export function confirmMachine(options: MachineOptions): Promise<Unconfirmed> {
  return withMachine(options, async (session) => confirm((await session.existingMachine()).layout));
}

/** Deals with what an interrupted switch left; when booting, with trials and what was staged as well. */
export function recoverLeft(options: MachineOptions): Promise<BootRecovery> {
  return withMachine(options, async (session) => {
    const nothing = { recovered: undefined, trialEnded: undefined, staged: undefined };
    if (!session.hasMachine) return nothing;
    const machine = await session.existingMachine();
    if (options.booting === true) return recoverAtBoot(machine);
    const left = interruptedSwitch(machine);
    const recovered = left === undefined ? undefined : await recoverMachine(machine);
    return { ...nothing, recovered };
  });
}

/** The reports of runs, oldest first; only the newest are kept. */
export function machineHistory(options: MachineOptions): Promise<RunReport[]> {
  return withMachine(options, async (session) => listReports((await session.existingMachine()).layout));
}

export function machineReport(options: MachineOptions, number: number): Promise<RunReport> {
  return withMachine(options, async (session) => {
    const found = readReport((await session.existingMachine()).layout, number);
    if (found !== undefined) return found;
    throw new AppError('app/usage', `there is no report ${number}`, { hint: 'sysbuild history lists them.' });
  });
}
