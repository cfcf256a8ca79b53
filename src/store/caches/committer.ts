/**
 * Makes received paths valid in groups: one sync and one transaction for many of them, but none waits long, and what
 * was received is not lost when the rest fails.
 */
import type { StorePath } from '../../formats/index.ts';
import type { ReceivedPath } from '../local/reception.ts';

const mostPaths = 100;
const mostBytes = 256 * 1024 * 1024;
/** Milliseconds. */
const longestWait = 500;

export class Committer {
  readonly #commit: (paths: readonly ReceivedPath[]) => Promise<StorePath[]>;
  #waiting: { readonly received: ReceivedPath; settle(error?: unknown): void }[] = [];
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(commit: (paths: readonly ReceivedPath[]) => Promise<StorePath[]>) {
    this.#commit = commit;
  }

  /** Resolves when the path is valid. What it refers to must be valid, or have been added before. */
  add(received: ReceivedPath): Promise<void> {
    const done = new Promise<void>((resolve, reject) => {
      const settle = (error?: unknown): void => (error === undefined ? resolve() : reject(error));
      this.#waiting.push({ received, settle });
    });
    this.#bytes += received.tree.narSize;
    if (this.#waiting.length >= mostPaths || this.#bytes >= mostBytes) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), longestWait);
    return done;
  }

  /** Begins to commit what is waiting. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const group = this.#waiting;
    if (group.length === 0) return;
    this.#waiting = [];
    this.#bytes = 0;
    // One after the other, in the order of adding: a later group may refer to an earlier one.
    this.#last = this.#last.then(async () => {
      const error = await this.#commit(group.map(({ received }) => received)).then(
        () => undefined,
        (reason: unknown) => reason ?? new Error('unknown'),
      );
      for (const { settle } of group) settle(error);
    });
  }
}
