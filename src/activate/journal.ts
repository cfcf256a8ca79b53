/**
 * The record of the switch that is under way: one JSON object a line, each durable before what it announces is done.
 * The first line holds all that is needed to finish or to undo the switch, which ends with the file's removal. Room for
 * the other lines is made with the first, so that a disk that runs full keeps nobody from undoing.
 *
 *     begin     nothing is changed yet; new files are being written beside their places
 *     prepared  every new file and every backup is durable; units are being stopped
 *     stopped   places are being changed, then `current`
 *     swapped   places are changed; units are being brought to their new form, and looked at
 *     healthy   the machine is well: from here on, only forward
 *     committed `current` leads to the new generation; what is beside places is being removed
 *     undoing   places are being put back
 *
 * `stopped`, `swapped` and `healthy` are of machines that run; of a folder, what is prepared is gone on with.
 *
 * A crash leaves a file with a line that may be cut off: it was not announced to anybody and does not count.
 */
import * as fs from 'node:fs';
import { faultPoint } from '../base/fault.ts';
import { syncDirectory } from '../base/fs-atomic.ts';
import type { AccountWork } from './accounts/account-values.ts';
import { ActivateError } from './errors.ts';
import type { MachineLayout } from './layout.ts';
import type { LiveWork } from './live/live-work.ts';
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

export type JournalPhase = 'begin' | 'prepared' | 'stopped' | 'swapped' | 'healthy' | 'committed' | 'undoing';

export interface JournalHead {
  readonly version: 2;
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
  /** `switch`, `rollback`, `test`…: as it was asked for. */
  readonly verb: string;
  /** The generation does not become current: what is current comes back with the next boot. */
  readonly onTrial: boolean;
  /** The system that the machine was on trial before. */
  readonly trialBefore: string | undefined;
  readonly accounts: AccountWork;
  /** What is done to the running machine; undefined for a folder that no system runs in. */
  readonly live: LiveWork | undefined;
}

export interface Interrupted {
  readonly head: JournalHead;
  /** The last line. */
  readonly phase: JournalPhase;
  /** All lines, in order, `begin` first. */
  readonly phases: readonly JournalPhase[];
}

/** Bytes of a phase's line with its newline, and how many there is room for: no switch has more than six. */
const lineLength = 32;
const lineCount = 16;
const blankLine = `${' '.repeat(lineLength - 1)}\n`;

/** The journal of a switch that is under way, open for its next line. */
export class Journal {
  readonly #layout: MachineLayout;
  readonly #fd: number;
  /** Where the next line goes, in bytes. */
  #next: number;
  #open = true;

  private constructor(layout: MachineLayout, fd: number, next: number) {
    this.#layout = layout;
    this.#fd = fd;
    this.#next = next;
  }

  /** The caller holds the machine's lock, and has dealt with what an earlier switch left. */
  static begin(layout: MachineLayout, head: JournalHead): Journal {
    const line = `${JSON.stringify(head)}\n`;
    const fd = fs.openSync(layout.journal, 'w', 0o600);
    const journal = new Journal(layout, fd, Buffer.byteLength(line));
    try {
      faultPoint('activate/journal made');
      fs.writeFileSync(fd, line + blankLine.repeat(lineCount));
      faultPoint('activate/journal written');
      fs.fsyncSync(fd);
      syncDirectory(layout.state);
      return journal;
    } catch (error) {
      journal.end();
      throw error;
    }
  }

  /** Goes on with the journal of an interrupted switch. */
  static resume(layout: MachineLayout): Journal {
    const text = fs.readFileSync(layout.journal);
    let next = text.indexOf('\n') + 1;
    while (
      text
        .subarray(next, next + lineLength)
        .toString()
        .trim() !== ''
    )
      next += lineLength;
    return new Journal(layout, fs.openSync(layout.journal, 'r+'), next);
  }

  enter(phase: JournalPhase): void {
    const line = `${JSON.stringify({ phase }).padEnd(lineLength - 1)}\n`;
    fs.writeSync(this.#fd, line, this.#next);
    fs.fsyncSync(this.#fd);
    faultPoint('activate/journal synced');
    this.#next += lineLength;
  }

  /** The switch is over, done or undone. */
  end(): void {
    this.abandon();
    fs.unlinkSync(this.#layout.journal);
    syncDirectory(this.#layout.state);
  }

  /** Leaves the record for the next run. */
  abandon(): void {
    if (this.#open) fs.closeSync(this.#fd);
    this.#open = false;
  }
}

/**
 * What an interrupted switch left, or undefined. A journal whose very first line was cut off stands for nothing done.
 * @throws ActivateError `activate/journal` for a journal of another version, or one that is damaged
 */
export function readInterrupted(layout: MachineLayout): Interrupted | undefined {
  if (!fs.existsSync(layout.journal)) return undefined;
  const text = fs.readFileSync(layout.journal, 'utf8');
  if (!text.includes('\n')) return undefined;
  const [first, ...rest] = text.split('\n');
  const head = parseLine(first!);
  if (head === undefined) throw damaged(layout.journal, 'its first line is damaged');
  if (head['version'] !== 2) throw damaged(layout.journal, 'it was written by another version of sysbuild');
  const lines = rest.flatMap((line) => parseLine(line)?.['phase'] ?? []) as JournalPhase[];
  const phases: JournalPhase[] = ['begin', ...lines];
  return { head: head as unknown as JournalHead, phase: phases.at(-1)!, phases };
}

/** Undefined for a line that was cut off, or is still blank. */
function parseLine(line: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

function damaged(path: string, why: string): ActivateError {
  return new ActivateError(
    'activate/journal',
    `the journal '${path}' of an interrupted switch cannot be used: ${why}`,
    {
      details: { path },
      hint: 'look at it, and remove it to go on without it',
    },
  );
}
