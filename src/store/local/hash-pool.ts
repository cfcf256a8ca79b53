/** Threads that hash trees, as many as there are processors; where that is one, or little is to do, none. */
import { availableParallelism } from 'node:os';
import { setImmediate as breathe } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { HashAnswer } from './hash-worker.ts';
import { hashWorkerFile } from './hash-worker-file.ts';
import { hashTree, type NarHash } from './nar.ts';

/** More threads than this would only wait for the disk. */
const mostThreads = 8;
/** Bytes from which on starting threads is worth its time. */
const worthwhile = 48 * 1024 * 1024;

interface Task {
  readonly rawPath: string;
  readonly resolve: (hash: NarHash) => void;
  readonly reject: (error: Error) => void;
}

export class HashPool {
  /** How many trees it is worth to ask for at once. */
  readonly parallel: number;
  readonly #workers: Worker[] = [];
  readonly #idle: Worker[] = [];
  readonly #running = new Map<Worker, Task>();
  readonly #waiting: Task[] = [];

  /** @param bytes to be hashed, about */
  constructor(bytes: number, threads = Math.min(availableParallelism(), mostThreads)) {
    const count = threads > 1 && bytes >= worthwhile ? threads : 0;
    for (let i = 0; i < count; i++) this.#start();
    this.parallel = Math.max(1, count * 2);
  }

  /** The hash of the archive of a tree. Rejects with what the file system says. */
  async hash(rawPath: string): Promise<NarHash> {
    if (this.#workers.length === 0) {
      await breathe();
      return hashTree(rawPath);
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ rawPath, resolve, reject });
      this.#next();
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #start(): void {
    const worker = new Worker(hashWorkerFile());
    worker.on('message', (answer: HashAnswer) => this.#take(worker, answer));
    worker.on('error', (error) =>
      this.#running.get(worker)?.reject(error instanceof Error ? error : new Error(String(error))),
    );
    this.#workers.push(worker);
    this.#idle.push(worker);
  }

  #take(worker: Worker, answer: HashAnswer): void {
    const task = this.#running.get(worker)!;
    this.#running.delete(worker);
    this.#idle.push(worker);
    if (answer.kind === 'hash') task.resolve({ hash: { algorithm: 'sha256', bytes: answer.bytes }, size: answer.size });
    else task.reject(Object.assign(new Error(answer.message), { code: answer.errno }));
    this.#next();
  }

  #next(): void {
    while (this.#waiting.length > 0 && this.#idle.length > 0) {
      const worker = this.#idle.pop()!;
      const task = this.#waiting.shift()!;
      this.#running.set(worker, task);
      worker.postMessage(task.rawPath);
    }
  }
}
