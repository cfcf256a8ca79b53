/** Finds the bubblewrap of this machine, and what it can do. */
import * as fs from 'node:fs';
import { delimiter, join } from 'node:path';
import { runSync } from '../../base/process.ts';
import { BuildError } from '../errors.ts';
import { type Capabilities, capabilitiesOf } from './bubblewrap.ts';

export interface Bubblewrap {
  readonly path: string;
  readonly can: Capabilities;
}

export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The `bwrap` on `PATH`, or in the folder that `SYSBUILD_TOOLS` names (as a program, or as Debian's package
 * unpacked there).
 * @throws BuildError `build/no-sandbox`
 */
export function findBubblewrap(env: Variables): Bubblewrap {
  const path = candidates(env).find(isProgram);
  if (path === undefined) throw missing();
  const version = versionOf(path);
  return { path, can: capabilitiesOf(version) };
}

function candidates(env: Variables): string[] {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const tools = env['SYSBUILD_TOOLS'];
  if (tools !== undefined && tools !== '') folders.push(tools, join(tools, 'bin'), join(tools, 'usr/bin'));
  return folders.map((folder) => join(folder, 'bwrap'));
}

function isProgram(path: string): boolean {
  try {
    fs.accessSync(path, fs.constants.X_OK);
    return fs.statSync(path).isFile();
  } catch {
    return false;
  }
}

function versionOf(path: string): { major: number; minor: number } {
  const { stdout, stderr } = runSync(path, ['--version']);
  const match = /(\d+)\.(\d+)/.exec(stdout);
  if (match !== null) return { major: Number(match[1]), minor: Number(match[2]) };
  throw new BuildError('build/no-sandbox', `'${path} --version' does not work: ${(stderr || stdout).trim()}`, {
    hint: installHint,
    details: { path },
  });
}

const installHint =
  'Install it (as root: apt-get install bubblewrap; as any user: scripts/setup), or build without a sandbox: --no-sandbox.';

function missing(): BuildError {
  return new BuildError('build/no-sandbox', 'bubblewrap, which builds run in, is not installed', { hint: installHint });
}
