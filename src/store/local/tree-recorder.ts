/**
 * Keeps a tree in memory while it is small, and writes it to disk as soon as it is not: the path that a tree will
 * have is known only at its end, and most trees that are added are in the store already.
 */
import type { NarEvent } from '../../formats/index.ts';
import type { TreeSink } from './tree-events.ts';
import { TreeWriter } from './tree-writer.ts';

/** Bytes that are kept in memory. */
const memoryLimit = 32 * 1024 * 1024;
/** What an event without data is counted as. */
const eventWeight = 128;

export class TreeRecorder implements TreeSink {
  readonly #root: string;
  readonly #limit: number;
  #events: NarEvent[] = [];
  #weight = 0;
  #writer: TreeWriter | undefined;

  /** @param root the raw path where the tree is written when it must be */
  constructor(root: string, limit: number = memoryLimit) {
    this.#root = root;
    this.#limit = limit;
  }

  write(event: NarEvent): void {
    if (this.#writer !== undefined) {
      this.#writer.write(event);
      return;
    }
    const isData = event.type === 'data';
    this.#events.push(isData ? { type: 'data', bytes: Buffer.from(event.bytes) } : event);
    this.#weight += eventWeight + (isData ? event.bytes.length : 0);
    if (this.#weight > this.#limit) this.materialise();
  }

  /** Writes what is still in memory; returns the number of files, directories and links that are on disk. */
  materialise(): number {
    const writer = (this.#writer ??= new TreeWriter(this.#root));
    const events = this.#events;
    this.#events = [];
    for (const event of events) writer.write(event);
    return writer.nodes;
  }

  /** Closes what an error left open. */
  abandon(): void {
    this.#writer?.abandon();
  }
}
