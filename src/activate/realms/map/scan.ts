/** Walking the file systems of a machine: by `find`, which is essential on Debian, or by ourselves where it is not GNU's. */
import * as fs from 'node:fs';
import { bytesOf } from '../../../base/bytes.ts';
import { errnoOf } from '../../../base/errors.ts';
import { ended, runSync, start } from '../../../base/process.ts';
import { below, type Entry } from './entry.ts';
import { FindReader, findArguments } from './find-records.ts';

export interface ScanRequest {
  /** The machine's root as in `MachineLayout`. */
  readonly root: string;
  /** Where to begin, as a path of the machine; other file systems below are not entered. */
  readonly start: string;
  /** Paths of the machine that are left out, with all that is below. */
  readonly prune: readonly string[];
}

/** Entries, a batch at a time; a folder comes before what is in it. What vanishes meanwhile is left out. */
export type Scan = (request: ScanRequest) => AsyncIterable<Iterable<Entry>>;

let hasFind: boolean | undefined;

/** The faster walk that there is. */
export const scan: Scan = (request) => {
  hasFind ??= /GNU findutils/.test(versionOfFind());
  return hasFind ? scanByFind(request) : scanByWalk(request);
};

function versionOfFind(): string {
  try {
    return runSync('find', ['--version'], { env: { PATH: process.env['PATH'], LC_ALL: 'C' } }).stdout;
  } catch {
    return '';
  }
}

export const scanByFind: Scan = async function* ({ root, start: from, prune }) {
  const physical = (path: string): string => Buffer.from(bytesOf(root + path)).toString() || '/';
  const args = findArguments(physical(from), prune.map(physical));
  const child = start('find', args, {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { PATH: process.env['PATH'], LC_ALL: 'C' },
  });
  const end = ended(child, 'find');
  const reader = new FindReader(from);
  for await (const chunk of child.stdout!) yield reader.read((chunk as Buffer).toString('latin1'));
  // Its status is 1 when a path vanished or may not be read: what could be read is there all the same.
  await end;
};

export const scanByWalk: Scan = async function* ({ root, start: from, prune }) {
  const skip = new Set(prune);
  const first = entryAt(root, from);
  if (first === undefined) return;
  yield [first.entry];
  const pending = first.entry.kind === 'directory' ? [from] : [];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const found: Entry[] = [];
    for (const name of namesIn(root, folder)) {
      const path = below(folder, name);
      const inner = skip.has(path) ? undefined : entryAt(root, path);
      if (inner === undefined) continue;
      found.push(inner.entry);
      if (inner.entry.kind === 'directory' && inner.device === first.device) pending.push(path);
    }
    yield found;
  }
};

function namesIn(root: string, folder: string): string[] {
  try {
    return fs.readdirSync(bytesOf(`${root}${folder}`), 'latin1');
  } catch (error) {
    if (vanished(error)) return [];
    throw error;
  }
}

function entryAt(root: string, path: string): { entry: Entry; device: bigint } | undefined {
  const place = bytesOf(`${root}${path}`);
  try {
    const stat = fs.lstatSync(place, { bigint: true });
    const kind = stat.isFile()
      ? 'file'
      : stat.isDirectory()
        ? 'directory'
        : stat.isSymbolicLink()
          ? 'symlink'
          : 'other';
    const entry: Entry = {
      path,
      kind,
      mode: Number(stat.mode & 0o7777n),
      uid: Number(stat.uid),
      gid: Number(stat.gid),
      size: kind === 'file' ? Number(stat.size) : 0,
      target: kind === 'symlink' ? fs.readlinkSync(place, 'latin1') : '',
      modified: Number(stat.mtimeNs) / 1e6,
      changed: Number(stat.ctimeNs) / 1e6,
      stamp: [stat.dev, stat.ino, stat.mode, stat.uid, stat.gid, stat.size, stat.mtimeNs, stat.ctimeNs].join(' '),
    };
    return { entry, device: stat.dev };
  } catch (error) {
    if (vanished(error)) return undefined;
    throw error;
  }
}

function vanished(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'ELOOP'].includes(errnoOf(error) ?? '');
}
