/**
 * The operations on a machine: switch to a built system, go back to a generation, or only plan either. What an earlier
 * run left half done is finished or undone first.
 */
import { Activity } from '../base/events.ts';
import type { StorePath } from '../formats/index.ts';
import { type BackupRecord, Backups } from './backups.ts';
import { ActivateError } from './errors.ts';
import { readInterrupted } from './journal.ts';
import { checkSpace, type Look, lookAndPlan, movesOf } from './look.ts';
import type { Machine } from './machine.ts';
import { withMachineLock } from './machine-lock.ts';
import { permissionError } from './permission.ts';
import type { SwitchPlan } from './plan-values.ts';
import { applySwitch, type Recovery, recover } from './switch-apply.ts';

export interface SwitchOptions {
  /** A name for the new generation. */
  readonly label?: string | undefined;
  /** Wait for another switch of this machine instead of refusing. */
  readonly wait?: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface SwitchReport {
  /**
   * `switched`: another generation is current. `repaired`: the same one, whose files were not as declared.
   * `unchanged`: there was nothing to do.
   */
  readonly outcome: 'switched' | 'repaired' | 'unchanged';
  /** The current generation now. */
  readonly generation: number;
  readonly system: StorePath;
  /** What was carried out. */
  readonly plan: SwitchPlan;
  /** What was done first about an earlier switch that was interrupted. */
  readonly recovered: Recovery | undefined;
  /** Bytes that were kept aside. `place` is where. */
  readonly saved: readonly (BackupRecord & { readonly place: string })[];
}

/** Which system a switch goes to: one that was built, or that of a generation. */
type Goal = () => { readonly system: StorePath; readonly generation: number | undefined };

/** The plan of a switch to a built system; nothing is changed, and nothing is locked. */
export function planSwitchTo(machine: Machine, system: StorePath): SwitchPlan {
  return lookAndPlan(machine, system, numberOf(machine, system)).plan;
}

/** The plan of a rollback. */
export function planRollback(machine: Machine, generation?: number): SwitchPlan {
  const { system, number } = rollbackGoal(machine, generation);
  return lookAndPlan(machine, system, number).plan;
}

/**
 * Switches a machine to a built system, as a new generation; the system that is current already is only put right.
 * @throws ActivateError
 */
export function switchTo(machine: Machine, system: StorePath, options: SwitchOptions = {}): Promise<SwitchReport> {
  return perform(machine, 'switch', options, () => ({ system, generation: numberOf(machine, system) }));
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

/** The current generation keeps its number when its own system is switched to. */
function numberOf(machine: Machine, system: StorePath): number | undefined {
  const current = machine.generations.current();
  return current?.system === system ? current.number : undefined;
}

function rollbackGoal(machine: Machine, generation: number | undefined): { system: StorePath; number: number } {
  return generation === undefined ? machine.generations.previous() : machine.generations.get(generation);
}

async function perform(machine: Machine, verb: string, options: SwitchOptions, goal: Goal): Promise<SwitchReport> {
  checkCaller(machine);
  const request = {
    holder: `${machine.by}, ${verb}, since ${machine.now().toISOString()}`,
    wait: options.wait ?? false,
    signal: options.signal,
    onWait: (holder: string) =>
      machine.emit({ type: 'message', level: 'notice', text: `waiting for ${holder || 'another switch'}` }),
  };
  return withMachineLock(machine.layout, request, async () => {
    const activity = new Activity({ emit: machine.emit }, 'switch', machine.layout.root || '/');
    let ok = false;
    try {
      const report = await locked(machine, options, goal, activity);
      ok = true;
      return report;
    } catch (error) {
      throw permissionError(error, machine.layout.root || '/');
    } finally {
      activity.stop(ok);
    }
  });
}

async function locked(machine: Machine, options: SwitchOptions, goal: Goal, activity: Activity): Promise<SwitchReport> {
  const recovered = await recoverFirst(machine, activity);
  activity.phase('plan');
  const { system, generation } = goal();
  const look = lookAndPlan(machine, system, generation);
  const current = machine.generations.currentNumber();
  const isCurrent = generation !== undefined && generation === current;
  if (isCurrent && look.plan.steps.length === 0) {
    return { outcome: 'unchanged', generation, system, plan: look.plan, recovered, saved: [] };
  }
  activity.phase('apply');
  const made = await apply(machine, look, options);
  const outcome = isCurrent ? 'repaired' : 'switched';
  return { outcome, generation: made, system, plan: look.plan, recovered, saved: savedBy(machine, look, made) };
}

async function recoverFirst(machine: Machine, activity: Activity): Promise<Recovery | undefined> {
  const left = readInterrupted(machine.layout);
  if (left === undefined) return undefined;
  activity.phase('recover');
  const recovery = await recover(machine.layout, left, machine.ports);
  const text = `the switch to generation ${recovery.generation} was interrupted and is now ${recovery.outcome}`;
  machine.emit({ type: 'message', level: 'notice', text });
  return recovery;
}

async function apply(machine: Machine, look: Look, options: SwitchOptions): Promise<number> {
  const moves = movesOf(machine, look);
  checkSpace(machine, moves);
  const { from, to } = look.plan;
  const generation = to.generation ?? machine.generations.reserve();
  const startedAt = machine.now();
  const head = {
    version: 1,
    id: `${startedAt.getTime().toString(36)}-${process.pid}`,
    startedAt: startedAt.toISOString(),
    by: machine.by,
    from,
    to: { generation, system: to.system, isNew: to.generation === undefined },
    moves,
  } as const;
  await applySwitch(machine.layout, head, options.label, machine.ports);
  return generation;
}

function savedBy(machine: Machine, look: Look, generation: number): SwitchReport['saved'] {
  const backups = new Backups(machine.layout);
  const paths = new Set(look.plan.steps.filter((step) => step.saves !== undefined).map((step) => step.path));
  const newest = backups.list().filter((record) => paths.has(record.path) && record.generation === generation);
  return newest.map((record) => ({ ...record, place: backups.contentOf(record.number) }));
}

/** The real root is root's alone; so is the question whose it is. */
function checkCaller(machine: Machine): void {
  if (machine.layout.root !== '' || process.geteuid?.() === 0) return;
  throw new ActivateError('activate/permission', 'only root can switch the real root', {
    hint: 'run as root, or choose a folder with --root DIR',
  });
}
