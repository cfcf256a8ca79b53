/** The logs of builds. */
import * as fs from 'node:fs';
import { join, resolve } from 'node:path';
import { followLog, readLog } from '../../build/index.ts';
import { isDerivationPath, parseBaseName, type StorePath } from '../../formats/index.ts';
import type { LocalStore } from '../../store/index.ts';
import { AppError } from '../errors.ts';
import { type SessionOptions, withSession } from '../session.ts';
import { namedStorePath } from '../store-paths.ts';

export interface LogRequest {
  /** A derivation, an output, a link to one, or the name of a derivation, of which the newest log counts. */
  readonly name: string;
  /** Go on as long as the build does. */
  readonly follow: boolean;
  readonly write: (bytes: Uint8Array) => void;
}

/** Writes the log of the build that is named. */
export function buildLog(options: SessionOptions, { name, follow, write }: LogRequest): Promise<void> {
  return withSession(options, async (session) => {
    const store = await session.store();
    for (const drvPath of candidates(store, name, session.cwd)) {
      if (follow) {
        if (await followLog(store.logDir, drvPath, write, session.signal)) return;
        continue;
      }
      const log = await readLog(store.logDir, drvPath);
      if (log !== undefined) return write(log);
    }
    throw noLog(name);
  });
}

function noLog(name: string): AppError {
  return new AppError('app/no-log', `there is no log of a build of '${name}'`, {
    hint: 'Logs are kept of what was built here; what was downloaded or copied has none.',
    details: { name },
  });
}

function candidates(store: LocalStore, name: string, cwd: string): StorePath[] {
  const byName = logsNamed(store, name);
  if (byName.length > 0 && !name.includes('/')) return byName;
  if (!name.includes('/') && !/^\w{32}-/.test(name) && !isLink(resolve(cwd, name))) throw noLog(name);
  const path = namedStorePath(store, name, cwd);
  if (isDerivationPath(path)) return [path];
  const { deriver } = store.requireInfo(path);
  return [...(deriver === undefined ? [] : [deriver]), ...store.derivers(path)];
}

/** The derivations of this name that have logs, the newest log first. */
function logsNamed(store: LocalStore, name: string): StorePath[] {
  const folder = join(store.logDir, 'drvs');
  const found: { path: StorePath; time: number }[] = [];
  for (const start of fs.existsSync(folder) ? fs.readdirSync(folder) : []) {
    for (const file of fs.readdirSync(join(folder, start))) {
      const base = (start + file).replace(/\.(zst|bz2)$/, '');
      if (base.slice(33) !== `${name}.drv`) continue;
      const time = fs.statSync(join(folder, start, file)).mtimeMs;
      found.push({ path: parseBaseName(store.storeDir, base), time });
    }
  }
  return found.sort((a, b) => b.time - a.time).map(({ path }) => path);
}

function isLink(path: string): boolean {
  return fs.lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}
