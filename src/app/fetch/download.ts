/** Downloads for evaluation: a file, or the tree of an archive. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { Activity } from '../../base/events.ts';
import {
  type Compression,
  candidatesOf,
  debianMirrorsFromApt,
  decompressed,
  download,
  untar,
  unzip,
} from '../../build/index.ts';
import { HostError } from '../../lang/index.ts';
import type { Session } from '../session.ts';

export async function downloadFile(session: Session, url: string, target: string): Promise<void> {
  const debian = session.settings['mirror-debian'];
  const activity = new Activity(session.sink, 'fetch', url);
  try {
    await download({
      candidates: candidatesOf([url], { debian: debian.length > 0 ? debian : debianMirrorsFromApt() }),
      target,
      expected: undefined,
      patience: 30_000,
      retries: 2,
      delay: 500,
      signal: session.signal,
      pinHint: undefined,
      onProgress: (done, total) => activity.progress(done, total, 'bytes'),
      log: (line) => activity.log(line),
    });
    activity.stop(true);
  } catch (error) {
    activity.stop(false);
    throw error;
  }
}

/**
 * Unpacks a tar archive, compressed or not, or a zip archive; a single folder at its top is taken for the tree itself.
 * Returns the time of its newest entry, in seconds since the epoch.
 */
export async function unpackArchive(archive: string, target: string): Promise<number> {
  const form = formOfFile(archive);
  if (form === undefined) {
    const known = 'tar, alone or with gzip, bzip2, xz, zstd; zip';
    throw new HostError('host/fetch', `the archive is of a form that is not known (${known})`);
  }
  const folder = `${target}.unpacked`;
  const newest =
    form === 'zip' ? unzip(archive, folder) : await untar(decompressed(fs.createReadStream(archive), form), folder);
  const [first, ...others] = fs.readdirSync(folder);
  const single = first !== undefined && others.length === 0 && fs.lstatSync(join(folder, first)).isDirectory();
  fs.renameSync(single ? join(folder, first) : folder, target);
  fs.rmSync(folder, { recursive: true, force: true });
  return newest;
}

/** By the first bytes: URLs of archives need not end in their form. */
function formOfFile(archive: string): Compression | 'zip' | undefined {
  const start = Buffer.alloc(512);
  const fd = fs.openSync(archive, 'r');
  try {
    fs.readSync(fd, start, 0, start.length, 0);
  } finally {
    fs.closeSync(fd);
  }
  const begins = (hex: string): boolean => start.toString('hex').startsWith(hex);
  if (begins('1f8b')) return 'gzip';
  if (begins('425a68')) return 'bzip2';
  if (begins('fd377a585a00')) return 'xz';
  if (begins('28b52ffd')) return 'zstd';
  if (begins('504b0304') || begins('504b0506')) return 'zip';
  return start.toString('latin1', 257, 262) === 'ustar' ? 'none' : undefined;
}
