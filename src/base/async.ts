/** Bounded concurrency. */

/** Lets at most `size` holders in at once, first come, first served. */
export class Semaphore {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(size: number) {
    this.#free = size;
  }

  async use<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}

/** Applies `work` to all items, at most `size` at once; the results are in the items' order. */
export async function mapBounded<T, R>(items: Iterable<T>, size: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const semaphore = new Semaphore(size);
  return Promise.all([...items].map((item) => semaphore.use(() => work(item))));
}
