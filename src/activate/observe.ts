/** Looks at the machine: what is at given paths, and where on disk that is. Changes nothing. */
import { createHash, hash as digestOf } from 'node:crypto';
import * as fs from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { errnoOf } from '../base/errors.ts';
import { ActivateError } from './errors.ts';
import { ancestorsOf } from './manifest.ts';
import { type Place, physicalPath, RootPaths } from './root-path.ts';
import type { Observed } from './tree-state.ts';

export interface Observation {
  readonly state: Observed;
  readonly place: Place;
}

/** What was seen, by path of the machine; the folders that the paths are in are looked at as well. */
export type Observations = ReadonlyMap<string, Observation>;

/**
 * Looks at paths of a machine and at the folders above them.
 * @param ours links of the current generation, which are not followed
 * @throws ActivateError `activate/path`, `activate/permission`
 */
export function observe(root: string, paths: Iterable<string>, ours: ReadonlySet<string>): Observations {
  const found = new Map<string, Observation>();
  const places = new RootPaths(root, ours);
  const look = (path: string): void => {
    if (found.has(path)) return;
    const place = places.placeOf(path);
    found.set(path, { place, state: observePlace(root, place, path, places) });
  };
  for (const path of paths) {
    for (const ancestor of ancestorsOf(path)) look(ancestor);
    look(path);
  }
  return found;
}

function observePlace(root: string, place: Place, path: string, places: RootPaths): Observed {
  // A place below something that is no folder does not exist.
  if (place.rest.length > 1) return { kind: 'absent' };
  const state = observeAt(physicalPath(root, place));
  return state.kind === 'symlink' ? { ...state, toFolder: places.folderOf(path).rest.length === 0 } : state;
}

/** What is at a physical path. Whether a link leads to a folder of the machine is not known here: `toFolder` is false. */
export function observeAt(physical: string): Observed {
  try {
    return look(physical);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOENT' || errno === 'ENOTDIR' || errno === 'ELOOP') return { kind: 'absent' };
    if (errno !== 'EACCES' && errno !== 'EPERM') throw error;
    throw new ActivateError('activate/permission', `'${physical}' cannot be read`, {
      details: { path: physical },
      hint: 'run as the owner of the machine root, or as root',
      cause: error,
    });
  }
}

function look(physical: string): Observed {
  const stat = fs.lstatSync(physical);
  const attributes = { mode: stat.mode & 0o7777, uid: stat.uid, gid: stat.gid };
  if (stat.isSymbolicLink()) return { kind: 'symlink', target: fs.readlinkSync(physical), toFolder: false };
  if (stat.isDirectory()) return { kind: 'directory', ...attributes, entries: fs.readdirSync(physical).sort() };
  if (!stat.isFile()) return { kind: 'other', what: kindInWords(stat) };
  // A file that is mounted over another cannot be replaced by a rename.
  if (fs.lstatSync(dirname(physical)).dev !== stat.dev && isMountPoint(physical)) {
    return { kind: 'other', what: 'a mounted file' };
  }
  return { kind: 'file', ...attributes, ...digestFile(physical) };
}

/** Whether something is mounted at a path. Files of an overlay may be on another device than their folder without that. */
function isMountPoint(physical: string): boolean {
  const path = join(fs.realpathSync(dirname(physical)), basename(physical));
  const decoded = (field: string): string =>
    field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
  const lines = fs.readFileSync('/proc/self/mountinfo', 'latin1').split('\n');
  return lines.some((line) => decoded(line.split(' ')[4] ?? '') === Buffer.from(path).toString('latin1'));
}

function kindInWords(stat: fs.Stats): string {
  if (stat.isSocket()) return 'a socket';
  if (stat.isFIFO()) return 'a pipe';
  return 'a device';
}

/** Files are read through one buffer, as many small ones are read in a row. */
const buffer = Buffer.allocUnsafeSlow(1 << 16);

/** SHA-256 and size of a file's bytes. */
export function digestFile(physical: string): { digest: string; size: number } {
  const fd = fs.openSync(physical, 'r');
  try {
    const first = fs.readSync(fd, buffer);
    if (first < buffer.length && fs.readSync(fd, buffer, first, buffer.length - first, first) === 0) {
      return { digest: digestOf('sha256', buffer.subarray(0, first)), size: first };
    }
    return digestRest(fd);
  } finally {
    fs.closeSync(fd);
  }
}

/** Of a file that is larger than the buffer, or comes in pieces; it is read again from its start. */
function digestRest(fd: number): { digest: string; size: number } {
  const hash = createHash('sha256');
  let size = 0;
  for (;;) {
    const count = fs.readSync(fd, buffer, 0, buffer.length, size);
    if (count === 0) return { digest: hash.digest('hex'), size };
    hash.update(buffer.subarray(0, count));
    size += count;
  }
}
