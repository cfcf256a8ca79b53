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

/** Trees that a thread is given in advance, so that it has work while this thread is busy. */
const ahead = 4;

interface Task {
  readonly rawPath: string;
  readonly resolve: (hash: NarHash) => void;
  readonly reject: (error: Error) => void;
}

interface Thread {
  readonly worker: Worker;
  /** What it was given and has not answered, in order. */
  readonly given: Task[];
}

export class HashPool {
  /** How many trees it is worth to ask for at once. */
  readonly parallel: number;
  readonly #threads: Thread[] = [];
  readonly #waiting: Task[] = [];
  #busy = false;

  /**
   * @param bytes to be hashed, about
   * @param threads this one among them
   */
  constructor(bytes: number, threads = Math.min(availableParallelism(), mostThreads)) {
    const others = bytes >= worthwhile ? threads - 1 : 0;
    for (let i = 0; i < others; i++) this.#start();
    this.parallel = others * ahead + 2;
  }

  /** The hash of the archive of a tree. Rejects with what the file system says. */
  hash(rawPath: string): Promise<NarHash> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ rawPath, resolve, reject });
      this.#next();
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
  }

  #start(): void {
    const worker = new Worker(hashWorkerFile());
    const thread: Thread = { worker, given: [] };
    worker.on('message', (answer: HashAnswer) => this.#take(thread, answer));
    worker.on('error', (error) => {
      for (const task of thread.given.splice(0)) task.reject(error instanceof Error ? error : new Error(String(error)));
    });
    this.#threads.push(thread);
  }

  #take({ given }: Thread, answer: HashAnswer): void {
    const task = given.shift()!;
    if (answer.kind === 'hash') task.resolve({ hash: { algorithm: 'sha256', bytes: answer.bytes }, size: answer.size });
    else task.reject(Object.assign(new Error(answer.message), { code: answer.errno }));
    this.#next();
  }

  #next(): void {
    for (const thread of this.#threads) {
      while (thread.given.length < ahead && this.#waiting.length > 0) {
        const task = this.#waiting.shift()!;
        thread.given.push(task);
        thread.worker.postMessage(task.rawPath);
      }
    }
    if (this.#busy || this.#waiting.length === 0) return;
    this.#busy = true;
    void this.#work(this.#waiting.shift()!);
  }

  /** This thread hashes too; others get their turn in between. */
  async #work(task: Task): Promise<void> {
    await breathe();
    try {
      task.resolve(hashTree(task.rawPath));
    } catch (error) {
      task.reject(error as Error);
    }
    this.#busy = false;
    this.#next();
  }
}
