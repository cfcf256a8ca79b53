/** Files of the language in one style. */
import * as fs from 'node:fs';
import { join, resolve } from 'node:path';
import { byteString, bytesOf, fromUnicode } from '../../base/bytes.ts';
import { SysbuildError } from '../../base/errors.ts';
import { writeFileAtomic } from '../../base/fs-atomic.ts';
import { format, diagnosticOf as languageDiagnostic } from '../../lang/index.ts';
import { noteDiagnostic } from '../diagnose.ts';
import { AppError } from '../errors.ts';

export interface FormattedFile {
  readonly file: string;
  /** Whether it was not in form. */
  readonly changed: boolean;
  /** Why it could not be formatted. */
  readonly error: SysbuildError | undefined;
}

/** The formatted text of standard input; texts are byte strings. */
export function formatText(text: string): string {
  return told(() => format(text, { kind: 'stdin' }));
}

/**
 * Formats the files that are named and those in folders that are named, each on its own. With `check` nothing is
 * written.
 */
export function* formatFiles(cwd: string, names: readonly string[], check: boolean): Generator<FormattedFile> {
  for (const name of names) for (const file of filesIn(cwd, name)) yield formatFile(cwd, file, check);
}

/** What is named, and below a folder all `.nix` files in what is not hidden. Links are not followed. */
function* filesIn(cwd: string, name: string): Generator<string> {
  const stats = fs.statSync(resolve(cwd, name), { throwIfNoEntry: false });
  if (stats === undefined) throw new AppError('app/usage', `there is no '${name}'`);
  if (!stats.isDirectory()) yield name;
  else yield* below(cwd, name);
}

function* below(cwd: string, folder: string): Generator<string> {
  const entries = fs.readdirSync(resolve(cwd, folder), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules') yield* below(cwd, path);
    else if (entry.isFile() && entry.name.endsWith('.nix')) yield path;
  }
}

function formatFile(cwd: string, file: string, check: boolean): FormattedFile {
  const path = fs.realpathSync(resolve(cwd, file));
  try {
    const text = byteString(fs.readFileSync(path));
    const formatted = told(() => format(text, { kind: 'file', path: fromUnicode(file) }));
    const changed = formatted !== text;
    if (changed && !check) writeFileAtomic(path, bytesOf(formatted), fs.statSync(path).mode & 0o7777);
    return { file, changed, error: undefined };
  } catch (error) {
    if (!(error instanceof SysbuildError)) throw error;
    return { file, changed: false, error };
  }
}

/** Errors of the language are told with their place. */
function told(work: () => string): string {
  try {
    return work();
  } catch (error) {
    if (error instanceof SysbuildError) noteDiagnostic(error, languageDiagnostic(error));
    throw error;
  }
}
