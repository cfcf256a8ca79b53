/** Folders of failed builds, kept to be looked at. */
import * as fs from 'node:fs';
import { join } from 'node:path';

/** The name of a file in kept folders: the path of the derivation. */
export const keptDerivation = 'derivation';

/** Which derivation a kept folder is of; undefined for another folder. */
export function derivationOfKept(folder: string): string | undefined {
  try {
    return fs.readFileSync(join(folder, keptDerivation), 'latin1').trim();
  } catch {
    return undefined;
  }
}
