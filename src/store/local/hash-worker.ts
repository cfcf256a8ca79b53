/**
 * A thread that hashes: the pieces of a shared ring, when it is given one, or else trees, whose raw paths come as
 * messages, in order, and the answers go back in that order.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { errnoOf } from '../../base/errors.ts';
import { drainRing } from './hash-ring.ts';
import { hashTree } from './nar.ts';

export type HashAnswer =
  | { readonly kind: 'hash'; readonly bytes: Uint8Array; readonly size: number }
  | { readonly kind: 'error'; readonly message: string; readonly errno: string | undefined };

if (workerData instanceof SharedArrayBuffer) drainRing(workerData);
else
  parentPort?.on('message', (rawPath: string) => {
    parentPort!.postMessage(answerFor(rawPath));
  });

function answerFor(rawPath: string): HashAnswer {
  try {
    const { hash, size } = hashTree(rawPath);
    return { kind: 'hash', bytes: Uint8Array.from(hash.bytes), size };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: 'error', message, errno: errnoOf(error) };
  }
}
