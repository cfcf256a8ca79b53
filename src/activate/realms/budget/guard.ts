/** The pressure guard: measures file systems, names what threatens them, and keeps a reserve for ourselves. */
import * as fs from 'node:fs';
import { dirname } from 'node:path';
import { errnoOf } from '../../../base/errors.ts';
import { makeFolders } from '../../../base/folders.ts';
import { syncDirectory } from '../../../base/fs-atomic.ts';
import type { MachineLayout } from '../../layout.ts';
import type { FolderShares } from '../map/tally.ts';
import { realmRecords } from '../records.ts';
import { type Budgets, judgeSpace, type Need, type Space, shortageError, type Threat } from './budgets.ts';

/** @param place a folder that is there */
export function measureSpace(place: string): Space {
  const { bavail, bsize, ffree, files } = fs.statfsSync(place);
  return { place, freeBytes: bavail * bsize, freeInodes: ffree, inodes: files };
}

/**
 * The folders with the most bytes, deepest first where one folder has nearly all of another: what to look at when a disk
 * runs full. The managed part is named last.
 */
export function threatsOf(tree: FolderShares, most = 5): Threat[] {
  const found: Threat[] = [];
  const visit = (folder: FolderShares): void => {
    const heavy = folder.folders.filter(({ bytes }) => bytes > folder.bytes * 0.7);
    if (heavy.length > 0) for (const inner of heavy) visit(inner);
    else if (folder.path !== '/' && folder.bytes > 0)
      found.push({ path: folder.path, realm: mainRealm(folder), bytes: folder.bytes });
    for (const inner of folder.folders) if (!heavy.includes(inner) && folder.path === '/') visit(inner);
  };
  visit(tree);
  const managed = ({ realm }: Threat): number => (realm === 'divergent' || realm === 'unknown' ? 0 : 1);
  return found.sort((a, b) => managed(a) - managed(b) || b.bytes - a.bytes).slice(0, most);
}

function mainRealm({ shares }: FolderShares): string {
  return Object.entries(shares).reduce((first, next) => (next[1].bytes > first[1].bytes ? next : first))[0];
}

/**
 * Refuses a change for which a budget would not hold.
 * @param threats asked only when it does not
 * @throws ActivateError `activate/budget`
 */
export function guardSpace(needs: readonly Need[], budgets: Budgets, threats: () => readonly Threat[]): void {
  const places = [...new Set(needs.map(({ place }) => place))];
  const shortages = judgeSpace(places.map(measureSpace), needs, budgets);
  if (shortages.length > 0) throw shortageError(shortages, threats());
}

/** The file that keeps space for the end of a change that finds the disk full. */
export class Reserve {
  readonly #path: string;

  constructor(layout: Pick<MachineLayout, 'state'>) {
    this.#path = realmRecords(layout).reserve;
  }

  /** Makes it as large as it has to be; a disk without room gets none. Whether it is there. */
  keep(bytes: number): boolean {
    if (fs.statSync(this.#path, { throwIfNoEntry: false })?.size === bytes) return true;
    try {
      makeFolders(dirname(this.#path));
      const fd = fs.openSync(this.#path, 'w', 0o600);
      try {
        // Bytes of chance: a file system that compresses or leaves out zeros would keep nothing.
        const block = crypto.getRandomValues(new Uint8Array(1 << 16));
        for (let left = bytes; left > 0; left -= block.length) fs.writeSync(fd, block, 0, Math.min(left, block.length));
        fs.fsyncSync(fd);
      } finally {
        fs.closeSync(fd);
      }
      syncDirectory(dirname(this.#path));
      return true;
    } catch (error) {
      if (!['ENOSPC', 'EDQUOT'].includes(errnoOf(error) ?? '')) throw error;
      this.release();
      return false;
    }
  }

  /** Gives the space free: what is under way may end. How many bytes that were. */
  release(): number {
    const size = fs.statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
    fs.rmSync(this.#path, { force: true });
    return size;
  }
}
