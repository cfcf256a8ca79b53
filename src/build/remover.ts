/**
 * Removes folders while other work goes on, many with one program: the kernel makes whoever removes a folder wait that
 * was mounted on a moment ago. What the program cannot remove, its owner does at the end.
 */
import { run } from '../base/process.ts';

/** Milliseconds, and folders, after which those that are waiting are removed. */
const patience = 1000;
const many = 64;

export class Remover {
  #waiting: string[] = [];
  #timer: NodeJS.Timeout | undefined;
  #last: Promise<void> = Promise.resolve();

  add(folder: string): void {
    this.#waiting.push(folder);
    if (this.#waiting.length >= many) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), patience);
  }

  /** Resolves when no program of ours is removing anything. What is waiting is left to whoever removes its parent. */
  finish(): Promise<void> {
    clearTimeout(this.#timer);
    return this.#last;
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const folders = this.#waiting.splice(0);
    this.#last = this.#last.then(() => remove(folders));
  }
}

async function remove(folders: readonly string[]): Promise<void> {
  try {
    await run('rm', ['-rf', '--', ...folders], { env: { PATH: process.env['PATH'] }, stdio: 'ignore' });
  } catch {
    // Then they go with their parent.
  }
}
