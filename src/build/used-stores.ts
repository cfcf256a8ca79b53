/**
 * Folders that were a builder's store, and have a place for each of its many inputs: making a thousand, and removing
 * them, takes longer than many a build. The next one with the same inputs gets them.
 */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { removeTree } from '../store/index.ts';

export class UsedStores {
  readonly #free = new Map<string, string[]>();

  take(inputs: readonly string[]): string | undefined {
    return this.#free.get(keyOf(inputs))?.pop();
  }

  /** Nothing of the builder that had it runs any more. */
  give(inputs: readonly string[], folder: string): void {
    const places = new Set(inputs);
    for (const name of fs.readdirSync(folder)) if (!places.has(name)) removeTree(join(folder, name));
    const key = keyOf(inputs);
    const free = this.#free.get(key);
    if (free === undefined) this.#free.set(key, [folder]);
    else free.push(folder);
  }
}

function keyOf(inputs: readonly string[]): string {
  return inputs.join(' ');
}
