/**
 * The operations on a machine: switch to a built system, try one out, stage one for the next boot, go back to a
 * generation, carry out a plan, or only plan. What an earlier run left half done is finished or undone first.
 */
import type { StorePath } from '../formats/index.ts';
import { lookAndPlan } from './look.ts';
import type { Machine } from './machine.ts';
import { type Goal, perform, type SwitchOptions, type SwitchReport } from './perform.ts';
import type { SwitchPlan } from './plan-values.ts';
import { refusePlan } from './same-plan.ts';
import type { Decision } from './units/unit-decide.ts';

/** The plan of a switch to a built system; nothing is changed, and nothing is locked. */
export async function planSwitchTo(machine: Machine, system: StorePath): Promise<SwitchPlan> {
  return (await lookAndPlan(machine, system, numberOf(machine, system))).plan;
}

/** The plan of a rollback. */
export async function planRollback(machine: Machine, generation?: number): Promise<SwitchPlan> {
  const { system, number } = rollbackGoal(machine, generation);
  return (await lookAndPlan(machine, system, number)).plan;
}

/**
 * Why a switch to a system treats a unit as it does; undefined when neither that system nor what the machine is now says
 * anything of it, or when nothing runs.
 */
export async function explainUnit(machine: Machine, system: StorePath, unit: string): Promise<Decision | undefined> {
  const { units } = await lookAndPlan(machine, system, numberOf(machine, system));
  return units?.planner.explain(unit);
}

/**
 * Switches a machine to a built system, as a new generation; the system that is current already is only put right.
 * @throws ActivateError
 */
export function switchTo(machine: Machine, system: StorePath, options: SwitchOptions = {}): Promise<SwitchReport> {
  return perform(machine, 'switch', options, builtGoal(machine, system));
}

/**
 * Makes the machine a built system without a generation: what is current comes back when the machine boots.
 * @throws ActivateError
 */
export function tryOut(machine: Machine, system: StorePath, options: SwitchOptions = {}): Promise<SwitchReport> {
  return perform(machine, 'test', options, builtGoal(machine, system));
}

/**
 * Makes a generation that the machine becomes when it boots; until then nothing changes.
 * @throws ActivateError
 */
export function stageForBoot(machine: Machine, system: StorePath, options: SwitchOptions = {}): Promise<SwitchReport> {
  return perform(machine, 'boot', options, builtGoal(machine, system));
}

/**
 * Makes an older generation the current one: the one before, or one by its number.
 * @throws ActivateError
 */
export function rollback(machine: Machine, generation?: number, options: SwitchOptions = {}): Promise<SwitchReport> {
  return perform(machine, 'rollback', options, () => {
    const { system, number } = rollbackGoal(machine, generation);
    return { system, generation: number };
  });
}

/**
 * Carries out a plan that was made before, if it is still what would be done.
 * @throws ActivateError `activate/plan-refused` when the machine has changed since, and what a switch throws
 */
export function applyPlan(machine: Machine, plan: SwitchPlan, options: SwitchOptions = {}): Promise<SwitchReport> {
  const system = plan.to.system as StorePath;
  const goal: Goal = () => ({ system, generation: plan.to.generation, check: (now) => refusePlan(plan, now) });
  return perform(machine, 'apply', options, goal);
}

function builtGoal(machine: Machine, system: StorePath): Goal {
  return () => ({ system, generation: numberOf(machine, system) });
}

/** The current generation keeps its number when its own system is switched to. */
function numberOf(machine: Machine, system: StorePath): number | undefined {
  const current = machine.generations.current();
  return current?.system === system ? current.number : undefined;
}

function rollbackGoal(machine: Machine, generation: number | undefined): { system: StorePath; number: number } {
  return generation === undefined ? machine.generations.previous() : machine.generations.get(generation);
}
