/** Small files of a store, such as derivations. */
import * as fs from 'node:fs';

/** The bytes of a file as a byte string. */
export function readStoreFile(realPath: string): string {
  return fs.readFileSync(realPath, 'latin1');
}
