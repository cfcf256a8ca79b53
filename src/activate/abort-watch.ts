/** Giving up a run that another process carries out: the wish is a file, which the run looks for from time to time. */
import * as fs from 'node:fs';
import { writeFileAtomic } from '../base/fs-atomic.ts';
import type { MachineLayout } from './layout.ts';

/** Milliseconds between two looks. */
const pause = 200;

/** Runs work with a signal that is aborted by the caller's own, or by `requestAbort`. The lock is held. */
export async function withAbortWatch<T>(
  layout: MachineLayout,
  outer: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  fs.rmSync(layout.abort, { force: true });
  const controller = new AbortController();
  const timer = setInterval(() => {
    if (fs.existsSync(layout.abort)) controller.abort();
  }, pause);
  timer.unref();
  try {
    return await work(outer === undefined ? controller.signal : AbortSignal.any([outer, controller.signal]));
  } finally {
    clearInterval(timer);
    fs.rmSync(layout.abort, { force: true });
  }
}

/** Asks the run that holds the machine's lock to give up at its next safe point. */
export function requestAbort(layout: MachineLayout, by: string): void {
  writeFileAtomic(layout.abort, `${by}\n`);
}
