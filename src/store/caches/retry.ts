/** Tries again what may pass, after waits that double and are not the same for everybody. */
import { setTimeout as sleep } from 'node:timers/promises';
import { HttpFailure } from './http-request.ts';

export interface RetryPolicy {
  /** How often it is tried again after the first time. */
  readonly retries: number;
  /** Milliseconds before the first retry. */
  readonly delay: number;
}

const longestDelay = 15_000;

/** Runs `work` until it works, fails for good, or has failed too often. */
export async function retrying<T>(
  policy: () => RetryPolicy,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  for (let round = 0; ; round++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof HttpFailure) || !error.passing || round >= policy().retries) throw error;
      await pause(policy(), round, signal, error.wait);
    }
  }
}

/** Waits before the retry after `round` others. An aborted signal throws its own reason. */
export async function pause(
  { delay }: RetryPolicy,
  round: number,
  signal: AbortSignal | undefined,
  wanted = 0,
): Promise<void> {
  const usual = delay * 2 ** round * (0.75 + Math.random() / 2);
  try {
    await sleep(Math.min(Math.max(usual, wanted), longestDelay), undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    throw signal?.aborted ? signal.reason : error;
  }
}
