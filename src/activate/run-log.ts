/** Follows one run: its parts with their times, what was not done as planned, and in the end its report. */
import { SysbuildError } from '../base/errors.ts';
import { Activity } from '../base/events.ts';
import type { Machine } from './machine.ts';
import { messageOf } from './permission.ts';
import { changesAnything, type SwitchPlan } from './plan-values.ts';
import { recordChange } from './realms/journal/change-journal.ts';
import { addReport, type ReportLine, type RunReport } from './reports.ts';

/** Parts of a run that change the machine. */
const changing: ReadonlySet<string> = new Set(['recover', 'apply', 'stage']);

export class RunLog {
  readonly #machine: Machine;
  readonly #verb: string;
  readonly #activity: Activity;
  readonly #startedAt: Date;
  readonly #began = performance.now();
  readonly #parts: { name: string; milliseconds: number }[] = [];
  readonly #lines: ReportLine[] = [];
  #part: { name: string; began: number } | undefined;
  #plan: SwitchPlan | undefined;
  /** Whether something that changes the machine has begun. */
  #begun = false;

  constructor(machine: Machine, verb: string) {
    this.#machine = machine;
    this.#verb = verb;
    this.#startedAt = machine.now();
    this.#activity = new Activity({ emit: machine.emit }, 'switch', machine.layout.root || '/');
  }

  /** Another part of the run begins. One that changes the machine is told in the ordering journal before it does. */
  part(name: string): void {
    this.#endPart();
    if (changing.has(name)) this.#record(name);
    this.#part = { name, began: performance.now() };
    this.#activity.phase(name);
  }

  /** What is done at this moment, for those who watch. */
  say(line: string): void {
    this.#activity.log(line);
  }

  /** Something that did not go as planned, or was set aside. */
  note(line: ReportLine): void {
    this.#lines.push(line);
    if (line.outcome === 'not kept') {
      this.#machine.emit({ type: 'message', level: 'warn', text: `${line.what}: ${line.why}` });
    }
  }

  planned(plan: SwitchPlan): void {
    this.#plan = plan;
  }

  /** The run is over. Its report is written where that can be done; a full disk must not hide how the run ended. */
  end(outcome: string, error?: unknown): RunReport | undefined {
    this.#endPart();
    this.#activity.stop(error === undefined);
    const undone = error !== undefined;
    this.#recordEnd(outcome, error);
    const report = {
      verb: this.#verb,
      by: this.#machine.by,
      startedAt: this.#startedAt.toISOString(),
      milliseconds: Math.round(performance.now() - this.#began),
      parts: this.#parts,
      outcome,
      from: this.#plan?.from,
      to: this.#plan?.to,
      lines: [...(this.#plan === undefined ? [] : linesOf(this.#plan, undone)), ...this.#lines],
      error: undone ? errorOf(error) : undefined,
    };
    try {
      return addReport(this.#machine.layout, report);
    } catch {
      return undefined;
    }
  }

  #record(part: string): void {
    this.#begun = true;
    const { from, to } = this.#plan ?? {};
    const goal = part === 'recover' || to === undefined ? '' : ` to ${to.system}`;
    const what = `${this.#verb}${goal}: ${part} begins`;
    recordChange(this.#machine, { kind: 'switch', what, details: { verb: this.#verb, part, from, to } });
  }

  /** As with the report, a full disk must not hide how the run ended. */
  #recordEnd(outcome: string, error: unknown): void {
    if (!this.#begun) return;
    const generation = this.#machine.generations.currentNumber();
    const told = generation === undefined ? '' : `, generation ${generation} is current`;
    const details = {
      verb: this.#verb,
      outcome,
      generation,
      ...(error === undefined ? {} : { error: errorOf(error) }),
    };
    try {
      recordChange(this.#machine, { kind: 'switch', what: `${this.#verb}: ${outcome}${told}`, details });
    } catch {
      // The report says it, where that can be written.
    }
  }

  #endPart(): void {
    if (this.#part === undefined) return;
    const { name, began } = this.#part;
    this.#parts.push({ name, milliseconds: Math.round(performance.now() - began) });
    this.#part = undefined;
  }
}

function linesOf(plan: SwitchPlan, undone: boolean): ReportLine[] {
  const repairs = new Set(['was missing', 'was edited', 'attributes changed']);
  const outcome = (reason: string): ReportLine['outcome'] => {
    if (undone) return 'undone';
    return repairs.has(reason) ? 'repaired' : 'done';
  };
  const files = plan.files.map((step) => ({
    what: `${step.action} ${step.path}`,
    outcome: outcome(step.reason),
    why: step.saves === undefined ? step.reason : `${step.reason}; what was there is kept`,
  }));
  const left = plan.left.map(({ path, why }) => ({ what: path, outcome: 'skipped' as const, why }));
  const users = plan.users.map(({ action, kind, name, reason }) => {
    return { what: `${action} ${kind} ${name}`, outcome: outcome(reason), why: reason };
  });
  const units = plan.units.map(({ action, unit, reason, because }) => ({
    what: `${action} ${unit}`,
    outcome: action === 'skip' ? ('skipped' as const) : outcome(reason),
    why: [reason, ...because].join('; '),
  }));
  return changesAnything(plan) || left.length > 0 || units.length > 0 ? [...files, ...left, ...users, ...units] : [];
}

function errorOf(error: unknown): NonNullable<RunReport['error']> {
  if (error instanceof SysbuildError) return { code: error.code, message: error.message, details: error.details };
  return { code: 'internal', message: messageOf(error), details: {} };
}
