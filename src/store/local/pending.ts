/**
 * Texts that are not written yet. An evaluation makes hundreds of derivations, one after the other: written one by
 * one each would wait for the disk; held back, they are written together.
 */
import type { StorePath } from '../../formats/index.ts';
import type { Text } from './texts.ts';

/** Past this many bytes they are written even when nobody asks. */
const mostBytes = 64 * 1024 * 1024;

export class Pending {
  #texts = new Map<StorePath, Text>();
  #bytes = 0;

  get size(): number {
    return this.#texts.size;
  }
  get full(): boolean {
    return this.#bytes > mostBytes;
  }
  get(path: StorePath): Text | undefined {
    return this.#texts.get(path);
  }
  add(text: Text): void {
    if (this.#texts.has(text.info.path)) return;
    this.#texts.set(text.info.path, text);
    this.#bytes += text.content.length;
  }
  all(): Text[] {
    return [...this.#texts.values()];
  }
  clear(): void {
    this.#texts = new Map();
    this.#bytes = 0;
  }
}
