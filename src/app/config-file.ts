/**
 * The text of configuration, as `nix.conf` has it: `name = value` lines, `#` comments, `include FILE` and
 * `!include FILE` (which may be absent), relative to the including file.
 */
import * as fs from 'node:fs';
import { dirname, resolve } from 'node:path';
import { AppError } from './errors.ts';

export interface Assignment {
  readonly name: string;
  readonly value: string;
  /** The value of a list whose words may contain spaces; `value` is then for people. */
  readonly words?: readonly string[];
  /** From configuration that is meant for Nix too: a name that is not known is fine. */
  readonly shared?: boolean;
  /** Where it stands, for people: `/etc/sysbuild/sysbuild.conf:3`, `NIX_CONFIG`, `--max-jobs`. */
  readonly origin: string;
}

/** The assignments of a text. `file` is undefined for text out of a variable, whose includes are relative to `cwd`. */
export function parseConfig(text: string, origin: string, file: string | undefined, cwd = '/'): Assignment[] {
  const assignments: Assignment[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const words = raw
      .replace(/#.*/, '')
      .split(/\s+/)
      .filter((word) => word !== '');
    const at = file === undefined ? origin : `${file}:${index + 1}`;
    const [name, second, ...rest] = words;
    if (name === undefined) continue;
    if (name === 'include' || name === '!include') {
      if (second === undefined || rest.length > 0) throw syntaxError(raw, at);
      const included = resolve(file === undefined ? cwd : dirname(file), second);
      assignments.push(...readConfig(included, name === 'include' ? at : undefined));
    } else if (second === '=') assignments.push({ name, value: rest.join(' '), origin: at });
    else throw syntaxError(raw, at);
  }
  return assignments;
}

/** The assignments of a file. A file that is absent has none, unless `requiredBy` says who wants it. */
export function readConfig(file: string, requiredBy?: string): Assignment[] {
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (requiredBy === undefined) return [];
    throw new AppError('app/config-syntax', `file '${file}' included from ${requiredBy} cannot be read`, {
      cause: error,
      details: { file },
    });
  }
  return parseConfig(text, file, file);
}

function syntaxError(line: string, at: string): AppError {
  return new AppError('app/config-syntax', `syntax error in configuration line '${line.trim()}' in ${at}`, {
    hint: 'A line is "name = value", "include FILE" or a comment that begins with "#".',
    details: { line, at },
  });
}
