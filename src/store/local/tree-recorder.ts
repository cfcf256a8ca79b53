/**
 * Keeps a tree in memory while it is small, and writes it to disk as soon as it is not: the path that a tree will
 * have is known only at its end, and most trees that are added are in the store already.
 */
import type { NarEvent } from '../../formats/index.ts';
import { giveEvent, type TreeSink } from './tree-sink.ts';
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

  directory(): void {
    if (this.#writer === undefined) this.#record({ type: 'directory' }, 0);
    else this.#writer.directory();
  }

  entry(name: string): void {
    if (this.#writer === undefined) this.#record({ type: 'entry', name }, 0);
    else this.#writer.entry(name);
  }

  /** A file that is larger than what is kept is written at once. */
  regular(executable: boolean, size: number): void {
    if (this.#weight + size > this.#limit) this.materialise();
    if (this.#writer === undefined) this.#record({ type: 'regular', executable, size }, 0);
    else this.#writer.regular(executable);
  }

  data(bytes: Uint8Array): void {
    if (this.#writer === undefined) this.#record({ type: 'data', bytes: Buffer.from(bytes) }, bytes.length);
    else this.#writer.data(bytes);
  }

  symlink(target: string): void {
    if (this.#writer === undefined) this.#record({ type: 'symlink', target }, 0);
    else this.#writer.symlink(target);
  }

  end(): void {
    if (this.#writer === undefined) this.#record({ type: 'end' }, 0);
    else this.#writer.end();
  }

  #record(event: NarEvent, size: number): void {
    this.#events.push(event);
    this.#weight += eventWeight + size;
    if (this.#weight > this.#limit) this.materialise();
  }

  /** Writes what is still in memory; returns the number of files, directories and links that are on disk. */
  materialise(): number {
    const writer = (this.#writer ??= new TreeWriter(this.#root));
    const events = this.#events;
    this.#events = [];
    for (const event of events) giveEvent(writer, event);
    return writer.nodes;
  }

  /** Closes what an error left open. */
  abandon(): void {
    this.#writer?.abandon();
  }
}
