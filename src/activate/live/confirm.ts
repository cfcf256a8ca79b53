/**
 * A switch that has to be confirmed: it waits, on the machine itself, until somebody who can still reach the machine says
 * so. The question and the answer are files, so that whoever asks and whoever answers need not know each other.
 */
import * as fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { faultPoint } from '../../base/fault.ts';
import { writeFileAtomic } from '../../base/fs-atomic.ts';
import { ActivateError } from '../errors.ts';
import type { JournalHead } from '../journal.ts';
import type { MachineLayout } from '../layout.ts';

export interface Unconfirmed {
  /** Of the switch. */
  readonly id: string;
  readonly generation: number;
  /** ISO 8601: when it is given up. */
  readonly until: string;
}

interface Waiting {
  readonly now: () => Date;
  readonly signal?: AbortSignal | undefined;
}

const answerOf = (layout: MachineLayout): string => `${layout.confirm}.answer`;

/** Milliseconds between two looks. */
const pause = 100;

/** @throws ActivateError `activate/unconfirmed` */
export async function awaitConfirmation(
  layout: MachineLayout,
  head: JournalHead,
  seconds: number,
  { now, signal }: Waiting,
): Promise<void> {
  const end = now().getTime() + seconds * 1000;
  const question: Unconfirmed = {
    id: head.id,
    generation: head.to.generation,
    until: new Date(end).toISOString(),
  };
  writeFileAtomic(layout.confirm, `${JSON.stringify(question)}\n`);
  faultPoint('activate/waiting for confirmation');
  try {
    while (now().getTime() < end) {
      signal?.throwIfAborted();
      if (readAnswer(layout) === head.id) return;
      await sleep(pause);
    }
  } finally {
    endConfirmation(layout);
  }
  throw new ActivateError('activate/unconfirmed', `nobody confirmed the switch within ${seconds} s`, {
    details: { seconds },
    hint: 'sysbuild confirm says that the machine can still be reached',
  });
}

/** The switch that waits for a word, if one does. */
export function unconfirmed(layout: MachineLayout): Unconfirmed | undefined {
  if (!fs.existsSync(layout.confirm)) return undefined;
  return JSON.parse(fs.readFileSync(layout.confirm, 'utf8')) as Unconfirmed;
}

/**
 * Says that the machine can still be reached.
 * @throws ActivateError `activate/unconfirmed` when nothing waits
 */
export function confirm(layout: MachineLayout): Unconfirmed {
  const waiting = unconfirmed(layout);
  if (waiting === undefined) {
    throw new ActivateError('activate/unconfirmed', 'no switch waits to be confirmed', {
      hint: 'sysbuild status says what the machine is',
    });
  }
  writeFileAtomic(answerOf(layout), waiting.id);
  return waiting;
}

export function endConfirmation(layout: MachineLayout): void {
  fs.rmSync(layout.confirm, { force: true });
  fs.rmSync(answerOf(layout), { force: true });
}

function readAnswer(layout: MachineLayout): string | undefined {
  try {
    return fs.readFileSync(answerOf(layout), 'utf8');
  } catch {
    return undefined;
  }
}
