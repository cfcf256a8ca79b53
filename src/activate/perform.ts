/** One run on a machine, from its lock to its report. */
import type { StorePath } from '../formats/index.ts';
import { withAbortWatch } from './abort-watch.ts';
import { type BackupRecord, Backups } from './backups.ts';
import { arm, disarm } from './boot-unit.ts';
import { ActivateError } from './errors.ts';
import { readInterrupted } from './journal.ts';
import { type Look, lookAndPlan, movesOf } from './look.ts';
import type { Machine } from './machine.ts';
import { withMachineLock } from './machine-lock.ts';
import { permissionError } from './permission.ts';
import { portsOf } from './phases.ts';
import { changesAnything, type SwitchPlan } from './plan-values.ts';
import { preflight } from './preflight.ts';
import { readBudgets } from './realms/budget/budgets.ts';
import { PhaseTime } from './realms/budget/phase-time.ts';
import { RunLog } from './run-log.ts';
import { applySwitch, type Recovery, recover } from './switch-apply.ts';
import { headOf } from './switch-head.ts';

export interface SwitchOptions {
  /** A name for the new generation. */
  readonly label?: string | undefined;
  /** Wait for another switch of this machine instead of refusing. */
  readonly wait?: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Seconds within which somebody has to confirm; else everything is put back. */
  readonly confirm?: number | undefined;
  /** Units that fail put everything back; that is so unless it is false. */
  readonly revert?: boolean | undefined;
  /** A plan of the same run that was made just before: when it changes nothing, it is not made again. */
  readonly justPlanned?: SwitchPlan | undefined;
  /** Go on although something holds the machine back. */
  readonly ignoreInhibitors?: boolean | undefined;
}

export type Outcome =
  /** Another generation is current. */
  | 'switched'
  /** The same one, whose files, accounts or units were not as declared. */
  | 'repaired'
  /** There was nothing to do. */
  | 'unchanged'
  /** The machine is another system until it boots. */
  | 'on trial'
  /** The machine becomes another generation when it boots. */
  | 'staged';

export interface SwitchReport {
  readonly outcome: Outcome;
  /** The current generation now; of a staged one, its number. */
  readonly generation: number;
  readonly system: StorePath;
  /** What was carried out. */
  readonly plan: SwitchPlan;
  /** What was done first about an earlier switch that was interrupted. */
  readonly recovered: Recovery | undefined;
  /** Bytes that were kept aside. `place` is where. */
  readonly saved: readonly (BackupRecord & { readonly place: string })[];
  /** What is not well although the generation is current: because that was asked for, or because it was so before. */
  readonly unwell: readonly string[];
  /** What holds the machine back, so that the switch was staged instead. */
  readonly inhibitors: readonly string[];
  /** The number of the run's report, where it could be written. */
  readonly report: number | undefined;
}

export type Verb = 'switch' | 'rollback' | 'test' | 'boot' | 'apply' | 'abort' | 'recover';

/** Which system a run goes to: one that was built, or that of a generation. Asked when the lock is held. */
export type Goal = () => {
  readonly system: StorePath;
  readonly generation: number | undefined;
  /** Throws when the plan is not to be carried out. */
  readonly check?: (plan: SwitchPlan) => void;
};

/** What a run is made of while it runs. */
interface Run {
  readonly machine: Machine;
  readonly verb: Verb;
  readonly options: SwitchOptions;
  readonly log: RunLog;
  readonly unwell: string[];
}

/** @throws ActivateError */
export function perform(machine: Machine, verb: Verb, options: SwitchOptions, goal: Goal): Promise<SwitchReport> {
  return underLock(machine, verb, options, async (run) => {
    const recovered = await recoverFirst(run);
    run.log.part('plan');
    const { system, generation, check } = goal();
    const { justPlanned } = options;
    if (justPlanned !== undefined && doesNothing(machine, justPlanned) && justPlanned.to.system === system) {
      return { ...nothingDone(run, justPlanned), system, plan: justPlanned, recovered };
    }
    const look = await lookAndPlan(machine, system, generation);
    run.log.planned(look.plan);
    check?.(look.plan);
    const done = await carryOut(run, look, generation);
    return { ...done, system, plan: look.plan, recovered };
  });
}

type Done = Omit<SwitchReport, 'system' | 'plan' | 'recovered' | 'report'>;

async function carryOut(run: Run, look: Look, generation: number | undefined): Promise<Done> {
  const { machine, verb, options } = run;
  const { generations } = machine;
  const isCurrent = generation !== undefined && generation === generations.currentNumber();
  if (doesNothing(machine, look.plan)) return nothingDone(run, look.plan);
  const nothing = { saved: [], unwell: run.unwell, inhibitors: [] };
  const inhibitors = verb === 'boot' || options.ignoreInhibitors === true ? [] : await inhibitorsOf(machine);
  if (verb === 'boot' || inhibitors.length > 0) {
    return { outcome: 'staged', ...nothing, generation: stage(run, look), inhibitors };
  }
  const onTrial = verb === 'test' && !isCurrent;
  const made = await apply(run, look, onTrial);
  const outcome = onTrial ? 'on trial' : isCurrent ? 'repaired' : 'switched';
  const shown = onTrial ? (generations.currentNumber() ?? 0) : made;
  return { ...nothing, outcome, generation: shown, saved: savedBy(machine, look, made) };
}

/** Whether a plan leaves the machine just as it is. */
export function doesNothing({ generations }: Machine, plan: SwitchPlan): boolean {
  const { generation } = plan.to;
  const isCurrent = generation !== undefined && generation === generations.currentNumber();
  return isCurrent && generations.trial() === undefined && !changesAnything(plan);
}

function nothingDone({ machine, unwell, log }: Run, plan: SwitchPlan): Done {
  log.planned(plan);
  machine.generations.unstage();
  disarm(machine);
  return { outcome: 'unchanged', generation: plan.to.generation!, saved: [], unwell, inhibitors: [] };
}

async function inhibitorsOf({ manager, booting }: Machine): Promise<string[]> {
  return manager === undefined || booting ? [] : manager.inhibitors();
}

/** Makes the generation, which the machine becomes when it boots. */
function stage({ machine, options, log }: Run, look: Look): number {
  if (machine.manager === undefined) {
    throw new ActivateError('activate/preflight', 'this machine is a folder and does not boot', {
      hint: 'switch it instead',
    });
  }
  log.part('stage');
  const { generations } = machine;
  const { to } = look.plan;
  const generation = to.generation ?? generations.reserve();
  if (to.generation === undefined) {
    const record = { createdAt: machine.now().toISOString(), createdBy: machine.by, label: options.label };
    generations.create(generation, to.system, record);
  }
  arm(machine);
  generations.stage(generation);
  return generation;
}

async function apply(run: Run, look: Look, onTrial: boolean): Promise<number> {
  const { machine, options, log } = run;
  const moves = movesOf(machine, look);
  log.part('preflight');
  await preflight(machine, look, moves);
  const { to } = look.plan;
  // A trial has no generation of its own; its number is only given so that backups can name it.
  const generation = to.generation ?? machine.generations.reserve();
  const isNew = to.generation === undefined && !onTrial;
  const head = headOf(machine, look, moves, { generation, isNew, onTrial, verb: run.verb, ...options });
  arm(machine);
  log.part('apply');
  try {
    const time = new PhaseTime(readBudgets(look.manifest.settings.budgets).phase);
    const ports = { ...portsOf(machine, log, run.unwell, options.signal), time };
    await applySwitch(machine.layout, head, options.label, ports);
  } finally {
    disarm(machine);
  }
  return generation;
}

async function recoverFirst({ machine, log, unwell, options }: Run): Promise<Recovery | undefined> {
  const left = readInterrupted(machine.layout);
  if (left === undefined) return undefined;
  log.part('recover');
  const { live } = left.head;
  const otherBoot = live !== undefined && live.boot !== machine.boot;
  const recovery = await recover(machine.layout, left, portsOf(machine, log, unwell, options.signal), otherBoot);
  tellRecovery(machine, log, recovery);
  return recovery;
}

function tellRecovery(machine: Machine, log: RunLog, recovery: Recovery): void {
  const text = `the switch to generation ${recovery.generation} was interrupted and is now ${recovery.outcome}`;
  machine.emit({ type: 'message', level: 'notice', text });
  const outcome = recovery.outcome === 'finished' ? 'done' : 'undone';
  log.note({ what: `switch to generation ${recovery.generation}`, outcome, why: 'it was interrupted' });
}

/** Undoes the interrupted switch where that can still be done; undefined when there is none. */
export async function undoInterrupted(machine: Machine, log: RunLog): Promise<Recovery | undefined> {
  const left = readInterrupted(machine.layout);
  if (left === undefined) return undefined;
  const recovery = await recover(machine.layout, left, portsOf(machine, log, [], undefined), true);
  tellRecovery(machine, log, recovery);
  disarm(machine);
  return recovery;
}

/** Runs work under the machine's lock, follows it, and leaves a report. */
async function underLock(
  machine: Machine,
  verb: Verb,
  options: SwitchOptions,
  work: (run: Run) => Promise<Omit<SwitchReport, 'report'>>,
): Promise<SwitchReport> {
  return withRun(machine, verb, options, async (log, signal) => {
    const run = { machine, verb, options: { ...options, signal }, log, unwell: [] };
    const report = await work(run);
    for (const { path, place } of report.saved) {
      log.note({ what: path, outcome: 'kept', why: `what was there is now ${place}` });
    }
    return { outcome: report.outcome, value: report };
  }).then(({ value, number }) => ({ ...value, report: number }));
}

/** The lock, the wish to give up, and the report around any run. */
export async function withRun<T>(
  machine: Machine,
  verb: Verb,
  options: Pick<SwitchOptions, 'wait' | 'signal'>,
  work: (log: RunLog, signal: AbortSignal) => Promise<{ readonly outcome: string; readonly value: T }>,
): Promise<{ readonly value: T; readonly number: number | undefined }> {
  checkCaller(machine);
  const request = {
    holder: `${machine.by}, ${verb}, since ${machine.now().toISOString()}`,
    wait: options.wait ?? false,
    signal: options.signal,
    onWait: (holder: string) =>
      machine.emit({ type: 'message', level: 'notice', text: `waiting for ${holder || 'another switch'}` }),
  };
  return withMachineLock(machine.layout, request, () =>
    withAbortWatch(machine.layout, options.signal, async (signal) => {
      const log = new RunLog(machine, verb);
      try {
        const { outcome, value } = await work(log, signal);
        return { value, number: log.end(outcome)?.number };
      } catch (error) {
        const told = permissionError(error, machine.layout.root || '/');
        log.end(told instanceof ActivateError && told.code === 'activate/reverted' ? 'reverted' : 'failed', told);
        throw told;
      }
    }),
  );
}

function savedBy(machine: Machine, look: Look, generation: number): SwitchReport['saved'] {
  const backups = new Backups(machine.layout);
  const paths = new Set(look.plan.files.filter((step) => step.saves !== undefined).map((step) => step.path));
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
