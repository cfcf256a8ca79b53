/** Runs on a machine: in this process where it is a folder, in one that outlives this one where it runs. */
import {
  changesAnything,
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
  if (machine.layout.root !== '' || (await doesNothing(machine, request))) return carryOut(machine, request, signal);
  const whole = { ...request, root: '/', by: session.by };
  return supervise(whole, { machine, program: programPath(), env, sink, signal });
}

/** A run that finds nothing to do needs nobody to survive it. */
async function doesNothing(machine: Machine, request: RunRequest): Promise<boolean> {
  const { generations } = machine;
  if (request.verb === 'boot' || request.verb === 'apply') return false;
  if (generations.trial() !== undefined || interruptedSwitch(machine) !== undefined) return false;
  const plan = await planOf(machine, request);
  const { generation } = plan.to;
  return generation !== undefined && generation === generations.currentNumber() && !changesAnything(plan);
}

/** What a request would do now. */
export async function planOf(machine: Machine, request: RunRequest): Promise<SwitchPlan> {
  if (request.plan !== undefined) return request.plan;
  if (request.verb === 'rollback') return planRollback(machine, request.generation);
  return planSwitchTo(machine, request.system!);
}
