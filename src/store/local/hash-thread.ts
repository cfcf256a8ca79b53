/** SHA-256 on another thread: while this one reads and writes, that one hashes. Synchronous for the caller. */
import { Worker } from 'node:worker_threads';
import type { Hash } from '../../formats/index.ts';
import { HashRing, pieceSize } from './hash-ring.ts';
import { hashWorkerFile } from './hash-worker-file.ts';

export class HashThread {
  readonly #shared = HashRing.memory();
  readonly #ring = new HashRing(this.#shared);
  readonly #worker: Worker;

  constructor() {
    this.#worker = new Worker(hashWorkerFile(), { workerData: this.#shared });
    this.#worker.unref();
    this.#worker.on('error', () => {}); // whoever waits finds out by itself
  }

  update(chunk: Uint8Array): void {
    for (let done = 0; done < chunk.length; ) {
      const part = chunk.subarray(done, done + pieceSize);
      this.#ring.put(part);
      done += part.length;
    }
  }

  digest(): Hash {
    return { algorithm: 'sha256', bytes: this.#ring.finish() };
  }

  /** Ends the thread of a hash that nobody asks for any more. */
  abandon(): void {
    void this.#worker.terminate();
  }
}
