/** Compiled code of evaluations, in the user's cache folder: a file for each bundle, replaced by one rename. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import type { CodeCache } from '../lang/index.ts';
import type { Environment } from './config.ts';
import { installationRoot } from './installation.ts';

/** Bundles beyond so many bytes in all are removed, those first that were not used for longest. */
const mostBytes = 512 * 1024 * 1024;

/** The cache of this user; undefined where there is no home for it, or no bundle of the program to tell builds apart. */
export function codeCache(env: Environment): CodeCache | undefined {
  const caches = env['XDG_CACHE_HOME'] ?? (env['HOME'] === undefined ? undefined : join(env['HOME'], '.cache'));
  const build = buildOfProgram();
  if (caches === undefined || build === undefined) return undefined;
  const folder = join(caches, 'sysbuild', 'eval');
  return {
    build,
    load: (key) => load(join(folder, key)),
    save: (key, bundle) => save(folder, key, bundle),
  };
}

/** What changes whenever the program is built anew. */
function buildOfProgram(): string | undefined {
  const program = join(installationRoot(), 'dist/main.cjs');
  if (process.argv[1] !== program) return undefined;
  const { mtimeMs, size } = fs.statSync(program);
  return `${mtimeMs} ${size}`;
}

function load(file: string): Uint8Array | undefined {
  try {
    return fs.readFileSync(file);
  } catch {
    return undefined; // not there, or not readable: it is compiled again
  }
}

/** A cache that cannot be written is no error: the next evaluation compiles again. */
function save(folder: string, key: string, bundle: Uint8Array): void {
  const temporary = join(folder, `.${key}.${process.pid}`);
  try {
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(temporary, bundle);
    fs.renameSync(temporary, join(folder, key));
    prune(folder);
  } catch {
    fs.rmSync(temporary, { force: true });
  }
}

function prune(folder: string): void {
  const files = fs.readdirSync(folder).map((name) => {
    const { size, mtimeMs } = fs.statSync(join(folder, name));
    return { name, size, mtimeMs };
  });
  files.sort((a, b) => b.mtimeMs - a.mtimeMs);
  let total = 0;
  for (const { name, size } of files) {
    total += size;
    if (total > mostBytes) fs.rmSync(join(folder, name), { force: true });
  }
}
