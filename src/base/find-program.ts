/** Whether a program is installed. */
import * as fs from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where a program of this name is on the path of the user; undefined when it is not. */
export function findProgram(name: string, path = process.env['PATH'] ?? ''): string | undefined {
  for (const folder of path.split(delimiter)) {
    const file = join(folder, name);
    try {
      fs.accessSync(file, fs.constants.X_OK);
      return file;
    } catch {
      // Not in this one.
    }
  }
  return undefined;
}
