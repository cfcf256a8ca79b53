/** Where the program of the threads is that hash. */
import * as fs from 'node:fs';
import { join } from 'node:path';

/** Beside the bundle, or beside this file. */
export function hashWorkerFile(): string {
  const bundled = join(import.meta.dirname, 'hash-worker.cjs');
  return fs.existsSync(bundled) ? bundled : join(import.meta.dirname, 'hash-worker.ts');
}
