/**
 * Golden files: text that a test expects, kept below `test/golden` and rewritten by `UPDATE_GOLDEN=1` (`npm run
 * golden`). A change of what the program says is then read in the diff of these files.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';

/** True when this run rewrites the golden files to what it sees. */
export const updatingGolden: boolean = (process.env['UPDATE_GOLDEN'] ?? '') !== '';

export const goldenRoot: string = new URL('../golden/', import.meta.url).pathname;

/** Holds `actual` (UTF-8 text) against the file `path` below `test/golden`; undefined: there must be no such file. */
export function expectGolden(path: string, actual: string | undefined): void {
  const file = join(goldenRoot, path);
  if (updatingGolden) update(file, actual);
  const expected = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  expect(actual, `differs from test/golden/${path} (UPDATE_GOLDEN=1 accepts it)`).toBe(expected);
}

function update(file: string, actual: string | undefined): void {
  rmSync(file, { force: true });
  if (actual === undefined) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, actual);
}
