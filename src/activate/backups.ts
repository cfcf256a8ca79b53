/**
 * Bytes that a switch found in its way: of files that were never ours (`foreign`) and edits of files that are
 * (`edited`). Each is kept under a number: `backups/7/content` with `backups/7/record.json` beside it.
 */
import * as fs from 'node:fs';
import { faultPoint } from '../base/fault.ts';
import { makeFolders } from '../base/folders.ts';
import { syncDirectory, writeFileAtomic } from '../base/fs-atomic.ts';
import { copyEntry } from './copy-entry.ts';
import type { MachineLayout } from './layout.ts';

export interface BackupRecord {
  readonly number: number;
  /** Where the bytes were, as a path of the machine. */
  readonly path: string;
  readonly why: 'foreign' | 'edited';
  /** ISO 8601. */
  readonly savedAt: string;
  /** The generation that was being switched to. */
  readonly generation: number;
}

export class Backups {
  readonly #folder: string;

  constructor(layout: MachineLayout) {
    this.#folder = layout.backups;
  }

  /** Physical place of a saved entry. */
  contentOf(number: number): string {
    return `${this.#folder}/${number}/content`;
  }

  /** All that is kept, oldest first. A folder without a record is of a switch that did not get so far. */
  list(): BackupRecord[] {
    return this.#numbers().flatMap((number) => {
      const record = `${this.#folder}/${number}/record.json`;
      return fs.existsSync(record)
        ? [{ ...(JSON.parse(fs.readFileSync(record, 'utf8')) as BackupRecord), number }]
        : [];
    });
  }

  /** The newest foreign entry saved from each path: what comes back when the path is no longer declared. */
  originals(): Map<string, number> {
    return new Map(
      this.list()
        .filter((record) => record.why === 'foreign')
        .map((record) => [record.path, record.number]),
    );
  }

  /** A number that no backup has. */
  nextNumber(): number {
    return (this.#numbers().at(-1) ?? 0) + 1;
  }

  /** Saves what is at a physical path. What an earlier, interrupted try saved under the number is written anew. */
  save(record: BackupRecord, physical: string): void {
    const folder = `${this.#folder}/${record.number}`;
    this.drop(record.number);
    makeFolders(folder, 0o700);
    copyEntry(physical, `${folder}/content`);
    faultPoint('activate/backup copied');
    writeFileAtomic(`${folder}/record.json`, `${JSON.stringify(record, null, 2)}\n`, 0o600);
    syncDirectory(this.#folder);
  }

  drop(number: number): void {
    fs.rmSync(`${this.#folder}/${number}`, { recursive: true, force: true });
  }

  #numbers(): number[] {
    if (!fs.existsSync(this.#folder)) return [];
    return fs
      .readdirSync(this.#folder)
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .sort((a, b) => a - b);
  }
}
