/** Giving up what is under way, and looking after what was left: by hand, after a run that died, and when a machine boots. */
import type { StorePath } from '../formats/index.ts';
import { requestAbort } from './abort-watch.ts';
import { disarm } from './boot-unit.ts';
import { ActivateError } from './errors.ts';
import type { Machine } from './machine.ts';
import { isLocked } from './machine-lock.ts';
import { type Goal, perform, type SwitchReport, undoInterrupted, withRun } from './perform.ts';
import type { Recovery } from './switch-apply.ts';

export interface GivenUp {
  /** A run that was under way was asked to give up. */
  readonly asked: boolean;
  /** The interrupted switch that was undone, or that could only be finished. */
  readonly recovered: Recovery | undefined;
  /** The trial that was ended. */
  readonly trial: StorePath | undefined;
  /** The generation that the machine does not become with its next boot after all. */
  readonly staged: number | undefined;
  /** What the machine is now. */
  readonly generation: number | undefined;
}

/** Gives up the run that is under way, an interrupted one, a trial, and what is staged for the next boot. */
export async function abortAll(machine: Machine): Promise<GivenUp> {
  const { layout, generations } = machine;
  const asked = isLocked(layout);
  if (asked) requestAbort(layout, machine.by);
  const { recovered, staged } = await undoLeft(machine, 'abort');
  const trial = generations.trial();
  if (trial !== undefined) await perform(machine, 'abort', { wait: true }, currentGoal(machine));
  return { asked, recovered, trial, staged, generation: generations.currentNumber() };
}

/** Undoes an interrupted switch where that can still be done; says what it did. */
export async function recoverMachine(machine: Machine): Promise<Recovery | undefined> {
  const { value } = await withRun(machine, 'recover', { wait: true }, async (log) => {
    const recovered = await undoInterrupted(machine, log);
    return { outcome: recovered?.outcome ?? 'unchanged', value: recovered };
  });
  return value;
}

export interface BootRecovery {
  readonly recovered: Recovery | undefined;
  /** The run that ended a trial, and the one that made what was staged current. */
  readonly trialEnded: SwitchReport | undefined;
  readonly staged: SwitchReport | undefined;
}

/** Early in a boot, before anything is started: interrupted switches, trials, and what was staged. */
export async function recoverAtBoot(machine: Machine): Promise<BootRecovery> {
  const { generations, manager } = machine;
  const recovered = await recoverMachine(machine);
  const onTrial = generations.trial() !== undefined;
  const trialEnded = onTrial ? await perform(machine, 'recover', { wait: true }, currentGoal(machine)) : undefined;
  const next = generations.next();
  let staged: SwitchReport | undefined;
  if (next !== undefined) {
    // Whatever comes of it, it is tried once: a machine must not fail at every boot.
    generations.unstage();
    const goal: Goal = () => ({ system: generations.get(next).system, generation: next });
    staged = await perform(machine, 'recover', { wait: true }, goal);
  }
  disarm(machine);
  if (manager !== undefined && (onTrial || next !== undefined)) {
    await manager.readAgain(false, 60);
    await manager.continueBoot();
  }
  return { recovered, trialEnded, staged };
}

async function undoLeft(
  machine: Machine,
  verb: 'abort',
): Promise<{ recovered: Recovery | undefined; staged: number | undefined }> {
  const { value } = await withRun(machine, verb, { wait: true }, async (log) => {
    const recovered = await undoInterrupted(machine, log);
    const staged = machine.generations.next();
    machine.generations.unstage();
    disarm(machine);
    return { outcome: recovered?.outcome ?? 'unchanged', value: { recovered, staged } };
  });
  return value;
}

function currentGoal({ generations }: Machine): Goal {
  return () => {
    const current = generations.current();
    if (current !== undefined) return { system: current.system, generation: current.number };
    throw new ActivateError('activate/no-generation', 'there is no generation to go back to');
  };
}
