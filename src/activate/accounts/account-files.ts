/** The account files of a machine on disk, and what is remembered of accounts. Reads only. */
import * as fs from 'node:fs';
import type { MachineLayout } from '../layout.ts';
import { exists } from '../places.ts';
import { physicalPath, RootPaths } from '../root-path.ts';
import type { AccountTexts } from './account-lines.ts';
import { type AccountFile, type AccountMemory, noMemory } from './account-values.ts';

export function readAccountTexts(root: string): AccountTexts {
  const read = (file: AccountFile): string => {
    const path = accountFileAt(root, file);
    return exists(path) ? fs.readFileSync(path, 'utf8') : '';
  };
  return { passwd: read('passwd'), group: read('group'), shadow: read('shadow'), gshadow: read('gshadow') };
}

/** Where a file is, links on the way followed inside the root. */
export function accountFileAt(root: string, file: AccountFile): string {
  return physicalPath(root, new RootPaths(root).placeOf(`/etc/${file}`));
}

export function readAccountMemory(layout: MachineLayout): AccountMemory {
  if (!fs.existsSync(layout.accounts)) return noMemory;
  return JSON.parse(fs.readFileSync(layout.accounts, 'utf8')) as AccountMemory;
}
