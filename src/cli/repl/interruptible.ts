/** Work that Ctrl-C stops wherever it is, without ending the process. */
import { Script } from 'node:vm';

// Only what a script of node:vm calls can be stopped from outside.
const script = new Script('globalThis.sysbuildWork()', { filename: 'interruptible' });
const holder = globalThis as { sysbuildWork?: (() => unknown) | undefined };

/**
 * Runs `work`. When it is interrupted its `finally` blocks do not run: what it was about is in no state to be used
 * again, and `isInterruption` is true of the error.
 */
export function interruptible<T>(work: () => T): T {
  const outer = holder.sysbuildWork;
  holder.sysbuildWork = work;
  try {
    return script.runInThisContext({ breakOnSigint: true, displayErrors: false }) as T;
  } finally {
    holder.sysbuildWork = outer;
  }
}

export function isInterruption(error: unknown): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED';
}
