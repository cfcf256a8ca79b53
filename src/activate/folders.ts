/** The folders that switches made for declared files, remembered so that they can go when nothing needs them. */
import * as fs from 'node:fs';
import { faultPoint } from '../base/fault.ts';
import { writeFileAtomic } from '../base/fs-atomic.ts';
import type { Move } from './journal.ts';
import type { MachineLayout } from './layout.ts';

/** As paths of the machine. */
export function readMadeFolders(layout: MachineLayout): Set<string> {
  if (!fs.existsSync(layout.folders)) return new Set();
  return new Set(JSON.parse(fs.readFileSync(layout.folders, 'utf8')) as string[]);
}

/** Remembers the folders that these steps made, and forgets those that are gone. */
export function recordFolders(layout: MachineLayout, moves: readonly Move[]): void {
  const known = readMadeFolders(layout);
  const before = [...known].join('\n');
  for (const { step } of moves) {
    if (step.after.kind === 'directory' && step.before.kind !== 'directory') known.add(step.path);
    else if (step.after.kind !== 'directory') known.delete(step.path);
  }
  if ([...known].join('\n') === before) return;
  faultPoint('activate/folders');
  writeFileAtomic(layout.folders, `${JSON.stringify([...known].sort(), null, 2)}\n`);
}
