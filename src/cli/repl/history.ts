/** Lines typed before, in a file, the oldest first. */
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolders } from '../../base/folders.ts';

const most = 5000;

export class History {
  /** The newest first. */
  readonly lines: string[];
  readonly #file: string | undefined;

  /** @param folder where it is kept; undefined: nowhere */
  constructor(folder: string | undefined) {
    this.#file = folder === undefined ? undefined : join(folder, 'repl-history');
    this.lines = this.#read();
  }

  #read(): string[] {
    if (this.#file === undefined || !fs.existsSync(this.#file)) return [];
    const all = fs.readFileSync(this.#file, 'utf8').split('\n').slice(0, -1);
    const kept = all.slice(-most);
    if (all.length > 2 * most) fs.writeFileSync(this.#file, kept.map((line) => `${line}\n`).join(''));
    return kept.reverse();
  }

  /** A history that cannot be written is no reason to stop anybody. */
  add(line: string): void {
    if (this.#file === undefined || line.trim() === '') return;
    try {
      makeFolders(dirname(this.#file));
      fs.appendFileSync(this.#file, `${line}\n`, { mode: 0o600 });
    } catch {}
  }
}

/** The user's folder for what programs keep. */
export function dataFolder(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const base = env['XDG_DATA_HOME'] ?? (env['HOME'] === undefined ? undefined : join(env['HOME'], '.local/share'));
  return base === undefined ? undefined : join(base, 'sysbuild');
}
