/** Runs on a machine: in this process where it is a folder, in one that outlives this one where it runs. */
import {
  doesNothing,
  interruptedSwitch,
  type Machine,
  planRollback,
  planSwitchTo,
  type SwitchPlan,
  type SwitchReport,
} from '../activate/index.ts';
import { programPath } from './installation.ts';
import type { MachineSession } from './machine-session.ts';
import { carryOut, type RunRequest } from './supervise/run-request.ts';
import { supervise } from './supervise/supervisor.ts';

export async function runOn(session: MachineSession, request: RunRequest): Promise<SwitchReport> {
  const machine = await session.machine();
  const { signal, sink, env } = session.session;
  if (machine.layout.root !== '') return carryOut(machine, request, signal);
  // A run that finds nothing to do needs nobody to survive it.
  const justPlanned = await planOfNothing(machine, request);
  if (justPlanned !== undefined) return carryOut(machine, request, signal, justPlanned);
  const whole = { ...request, root: '/', by: session.by };
  return supervise(whole, { machine, program: programPath(), env, sink, signal });
}

/** The plan of a request that does nothing; undefined for any other. */
async function planOfNothing(machine: Machine, request: RunRequest): Promise<SwitchPlan | undefined> {
  if (request.verb === 'boot' || request.verb === 'apply' || interruptedSwitch(machine) !== undefined) return undefined;
  const plan =
    request.verb === 'rollback'
      ? await planRollback(machine, request.generation)
      : isCurrent(machine, request)
        ? await planSwitchTo(machine, request.system!)
        : undefined;
  return plan !== undefined && doesNothing(machine, plan) ? plan : undefined;
}

/** Another system than the current one always makes a run. */
function isCurrent({ generations }: Machine, { system }: RunRequest): boolean {
  return generations.current()?.system === system;
}
