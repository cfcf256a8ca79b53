/** Copies of paths with all their attributes, for overrides: by cp(1), which keeps what Node cannot. */
import * as fs from 'node:fs';
import { runSync } from '../../../base/process.ts';
import { formatBytes } from '../../../base/text.ts';
import { ActivateError } from '../../errors.ts';
import { exists, remove } from '../../places.ts';

/** Most bytes that an override saves. */
const mostBytes = 256 * 1024 * 1024;

/** Copies what is at a path; the folder for the copy is there. */
export function copyPath(from: string, to: string): void {
  const size = Number(program('du', ['-sxb', '--', from]).split('\t')[0]);
  if (size > mostBytes) {
    throw new ActivateError(
      'activate/override',
      `'${from}' has ${formatBytes(size)}, and an override saves at most ${formatBytes(mostBytes)}`,
      {
        details: { path: from, size },
        hint: 'override the files in it that you change',
      },
    );
  }
  program('cp', ['-a', '-x', '--', from, to]);
}

/** Puts a copy back; what is there goes to `aside`, and is not lost. */
export function putBack(copy: string | undefined, to: string, aside: string): void {
  if (exists(to)) {
    remove(aside);
    program('cp', ['-a', '-x', '--', to, aside]);
  }
  const fresh = `${to}.sysbuild-override`;
  remove(fresh);
  if (copy !== undefined) program('cp', ['-a', '-x', '--', copy, fresh]);
  const isPlain = exists(to) && !fs.lstatSync(to).isDirectory();
  if (!isPlain || copy === undefined) remove(to);
  if (copy === undefined) return;
  if (isPlain && fs.lstatSync(fresh).isDirectory()) remove(to);
  fs.renameSync(fresh, to);
}

/** Whether two paths have the same content and attributes, as far as they matter for a revert. */
export function samePath(a: string, b: string): boolean {
  if (!exists(a) || !exists(b)) return exists(a) === exists(b);
  return runSync('diff', ['-rq', '--no-dereference', '--', a, b], { env: { PATH: process.env['PATH'] } }).status === 0;
}

function program(name: string, args: readonly string[]): string {
  const { status, stdout, stderr } = runSync(name, args, { env: { PATH: process.env['PATH'], LC_ALL: 'C' } });
  if (status === 0) return stdout;
  throw new ActivateError('activate/override', `${name}: ${stderr.trim()}`, { details: { program: name, args } });
}
