/**
 * The ordering journal on disk. An entry is durable when `record` returns. A line that a crash cut off is removed by
 * the next entry, which an entry of the kind `journal` tells; nothing else ever removes or rewrites a line.
 */
import * as fs from 'node:fs';
import { dirname } from 'node:path';
import { errnoOf } from '../../../base/errors.ts';
import { faultPoint } from '../../../base/fault.ts';
import { lockSync } from '../../../base/file-lock.ts';
import { makeFolders } from '../../../base/folders.ts';
import { syncDirectory, writeFileAtomic } from '../../../base/fs-atomic.ts';
import type { MachineLayout } from '../../layout.ts';
import { type RealmRecords, realmRecords } from '../records.ts';
import { type Change, digestLine, type JournalHead, type JournalReading, lineAfter, readChain } from './chain.ts';

export interface Author {
  /** Who makes the change: `ann (pid 7)`. */
  readonly by: string;
  readonly now: () => Date;
}

export class ChangeJournal {
  readonly #records: RealmRecords;

  constructor(layout: Pick<MachineLayout, 'state'>) {
    this.#records = realmRecords(layout);
  }

  /** Everything that was recorded, and what is wrong with it. */
  read(): JournalReading {
    return readChain(readIfThere(this.#records.journal), this.#head());
  }

  /** Appends changes, which are durable then. */
  record(author: Author, ...changes: readonly Change[]): void {
    if (changes.length === 0) return;
    const { journal } = this.#records;
    makeFolders(dirname(journal));
    const held = lockSync(`${journal}.lock`);
    try {
      const fd = fs.openSync(journal, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o600);
      try {
        // One by one: the head is never more than one line behind.
        for (const change of [...healing(fd), ...changes]) this.#append(fd, author, change);
      } finally {
        fs.closeSync(fd);
      }
    } finally {
      held.release();
    }
  }

  #append(fd: number, { by, now }: Author, change: Change): void {
    const { size, head } = readEnd(fd);
    const line = lineAfter(head, change, now().toISOString(), by);
    faultPoint('journal/append');
    fs.writeSync(fd, `${line}\n`, size);
    faultPoint('journal/written');
    fs.fsyncSync(fd);
    if (size === 0) syncDirectory(dirname(this.#records.journal));
    faultPoint('journal/synced');
    const next: JournalHead = { number: (head?.number ?? 0) + 1, digest: digestLine(line) };
    writeFileAtomic(this.#records.journalHead, `${JSON.stringify(next)}\n`, 0o600);
  }

  #head(): JournalHead | undefined {
    try {
      const value = JSON.parse(readIfThere(this.#records.journalHead)) as JournalHead;
      return Number.isSafeInteger(value.number) && typeof value.digest === 'string' ? value : undefined;
    } catch {
      return undefined;
    }
  }
}

/** Appends changes to the journal of a machine: what a switch calls at each of its phases. */
export function recordChange(
  machine: Author & { readonly layout: Pick<MachineLayout, 'state'> },
  ...changes: readonly Change[]
): void {
  new ChangeJournal(machine.layout).record(machine, ...changes);
}

/** Cuts off what is left of a line that a crash interrupted; the change that tells of it. */
function healing(fd: number): Change[] {
  const { size, torn } = readEnd(fd);
  if (torn === 0) return [];
  fs.ftruncateSync(fd, size);
  return [{ kind: 'journal', what: 'a line that was cut off was removed', details: { bytes: torn } }];
}

/** The last whole line, found from the end, and how many bytes after it are of a line that was cut off. */
function readEnd(fd: number): { size: number; torn: number; head: JournalHead | undefined } {
  const total = fs.fstatSync(fd).size;
  for (let length = 1 << 16; ; length *= 4) {
    const start = Math.max(0, total - length);
    const bytes = Buffer.alloc(total - start);
    fs.readSync(fd, bytes, 0, bytes.length, start);
    const end = bytes.lastIndexOf(10) + 1;
    const begin = end === 0 ? 0 : bytes.lastIndexOf(10, end - 2) + 1;
    if (start > 0 && begin === 0) continue;
    const size = start + end;
    if (end === 0) return { size: 0, torn: total, head: undefined };
    const line = bytes.toString('utf8', end < 2 ? 0 : begin, end - 1);
    return { size, torn: total - size, head: { number: numberOf(line), digest: digestLine(line) } };
  }
}

/** A last line that is damaged still has lines written after it: `read` tells of the damage. */
function numberOf(line: string): number {
  return Number(/^\{"number":(\d+),/.exec(line)?.[1] ?? 0);
}

function readIfThere(path: string): string {
  try {
    return fs.readFileSync(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    return '';
  }
}
