/**
 * The record of the switch that is under way: one JSON object a line, each line durable before what it announces is
 * done. The first line holds all that is needed to finish or to undo the switch; it ends with the file's removal.
 *
 *     begin     nothing is changed yet; new files are being written beside their places
 *     prepared  every new file and every backup is durable; places are being changed, then `current`
 *     committed `current` leads to the new generation; what is beside places is being removed
 *     undoing   places are being put back
 *
 * A crash leaves a file whose last line may be cut off: that line was not announced to anybody and does not count.
 */
import * as fs from 'node:fs';
import { faultPoint } from '../base/fault.ts';
import { syncDirectory } from '../base/fs-atomic.ts';
import { ActivateError } from './errors.ts';
import type { MachineLayout } from './layout.ts';
import type { Step, SwitchPlan } from './plan-values.ts';
import type { Place } from './root-path.ts';

/** A step with what carrying it out needs: where it is on disk and which backup it fills. */
export interface Move {
  /** From 0, in the order of the steps. */
  readonly index: number;
  readonly step: Step;
  readonly place: Place;
  readonly backup: number | undefined;
}

export type JournalPhase = 'begin' | 'prepared' | 'committed' | 'undoing';

export interface JournalHead {
  readonly version: 1;
  /** Part of the names of the files that are written beside their places. */
  readonly id: string;
  readonly startedAt: string;
  readonly by: string;
  readonly from: SwitchPlan['from'];
  readonly to: {
    readonly generation: number;
    readonly system: string /** Its number was given for this switch. */;
    readonly isNew: boolean;
  };
  readonly moves: readonly Move[];
}

export interface Interrupted {
  readonly head: JournalHead;
  readonly phase: JournalPhase;
}

/** The journal of a switch that is under way, open for its next line. */
export class Journal {
  readonly #layout: MachineLayout;
  readonly #fd: number;

  private constructor(layout: MachineLayout, fd: number) {
    this.#layout = layout;
    this.#fd = fd;
  }

  static begin(layout: MachineLayout, head: JournalHead): Journal {
    const journal = new Journal(layout, fs.openSync(layout.journal, 'ax', 0o600));
    faultPoint('activate/journal made');
    journal.#append(head);
    faultPoint('activate/journal written');
    syncDirectory(layout.state);
    return journal;
  }

  /** Goes on with the journal of an interrupted switch; a last line that was cut off is dropped. */
  static resume(layout: MachineLayout): Journal {
    const whole = wholeLines(fs.readFileSync(layout.journal, 'utf8'));
    fs.truncateSync(layout.journal, Buffer.byteLength(whole));
    return new Journal(layout, fs.openSync(layout.journal, 'a'));
  }

  enter(phase: JournalPhase): void {
    this.#append({ phase });
  }

  /** The switch is over, done or undone. */
  end(): void {
    fs.closeSync(this.#fd);
    fs.unlinkSync(this.#layout.journal);
    syncDirectory(this.#layout.state);
  }

  /** Leaves the record for the next run. */
  abandon(): void {
    fs.closeSync(this.#fd);
  }

  #append(line: unknown): void {
    fs.writeSync(this.#fd, `${JSON.stringify(line)}\n`);
    fs.fsyncSync(this.#fd);
    faultPoint('activate/journal synced');
  }
}

/**
 * What an interrupted switch left, or undefined. A journal whose very first line was cut off stands for nothing done
 * and is removed.
 * @throws ActivateError `activate/journal` for a journal of another version, or one that is damaged
 */
export function readInterrupted(layout: MachineLayout): Interrupted | undefined {
  const text = readIfThere(layout.journal);
  if (text === undefined) return undefined;
  const lines = wholeLines(text)
    .split('\n')
    .filter((line) => line !== '');
  const [first, ...rest] = lines;
  if (first === undefined) {
    fs.unlinkSync(layout.journal);
    return undefined;
  }
  const [head, ...phases] = [first, ...rest].map((line) => parseLine(line, layout.journal));
  if (head?.['version'] !== 1) throw damaged(layout.journal, 'it was written by another version of sysbuild');
  const phase = (phases.at(-1)?.['phase'] ?? 'begin') as JournalPhase;
  return { head: head as unknown as JournalHead, phase };
}

function wholeLines(text: string): string {
  return text.slice(0, text.lastIndexOf('\n') + 1);
}

function readIfThere(path: string): string | undefined {
  return fs.existsSync(path) ? fs.readFileSync(path, 'utf8') : undefined;
}

function parseLine(line: string, path: string): Record<string, unknown> {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch (error) {
    throw damaged(path, `a line of it is damaged`, error);
  }
}

function damaged(path: string, why: string, cause?: unknown): ActivateError {
  return new ActivateError(
    'activate/journal',
    `the journal '${path}' of an interrupted switch cannot be used: ${why}`,
    {
      details: { path },
      cause,
      hint: 'look at it, and remove it to go on without it',
    },
  );
}
