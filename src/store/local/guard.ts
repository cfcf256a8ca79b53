/**
 * The lock between adding and deleting: whoever adds holds `gc.lock` shared, from before it says which paths it needs
 * until they are registered; whoever deletes holds it exclusively. So a collection never meets a path half-way, and
 * may remove every temporary name that it finds.
 *
 * Held for a short time only (one addition, one flush): what is needed for longer stands in the temporary roots.
 */
import type { Sink } from '../../base/events.ts';
import { type FileLock, lockSync } from '../../base/file-lock.ts';
import type { Layout } from './layout.ts';

export class GcGuard {
  readonly #layout: Layout;
  readonly #sink: Sink;
  #holders = 0;
  #lock: FileLock | undefined;
  #schemaLock: FileLock | undefined;

  constructor(layout: Layout, sink: Sink) {
    this.#layout = layout;
    this.#sink = sink;
  }

  get held(): boolean {
    return this.#holders > 0;
  }

  /** Calls nest. Blocks while a collection deletes. */
  hold(): void {
    if (this.#holders === 0) {
      this.#schemaLock ??= lockSync(this.#layout.bigLock, { mode: 'shared' });
      this.#lock = lockSync(this.#layout.gcLock, { mode: 'shared', onWait: () => this.#tell() });
    }
    this.#holders += 1;
  }

  release(): void {
    this.#holders -= 1;
    if (this.#holders > 0) return;
    this.#lock?.release();
    this.#lock = undefined;
  }

  during<T>(work: () => T): T {
    this.hold();
    try {
      return work();
    } finally {
      this.release();
    }
  }

  async duringAsync<T>(work: () => Promise<T>): Promise<T> {
    this.hold();
    try {
      return await work();
    } finally {
      this.release();
    }
  }

  close(): void {
    this.#lock?.release();
    this.#schemaLock?.release();
    this.#schemaLock = undefined;
  }

  #tell(): void {
    this.#sink.emit({ type: 'message', level: 'notice', text: 'waiting for the garbage collector' });
  }
}
