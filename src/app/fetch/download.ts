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

/** Unpacks a tar archive, compressed or not; a single folder at its top is taken for the tree itself. */
export async function unpackTarball(archive: string, target: string): Promise<void> {
  const compression = compressionOfFile(archive);
  if (compression === undefined) {
    throw new HostError('host/fetch', 'the archive is of a form that is not known (tar, alone or with gzip, xz, zstd)');
  }
  const folder = `${target}.unpacked`;
  await untar(decompressed(fs.createReadStream(archive), compression), folder);
  const [first, ...others] = fs.readdirSync(folder);
  const single = first !== undefined && others.length === 0 && fs.lstatSync(join(folder, first)).isDirectory();
  fs.renameSync(single ? join(folder, first) : folder, target);
  fs.rmSync(folder, { recursive: true, force: true });
}

/** By the first bytes: URLs of archives need not end in their form. */
function compressionOfFile(archive: string): Compression | undefined {
  const start = Buffer.alloc(512);
  const fd = fs.openSync(archive, 'r');
  try {
    fs.readSync(fd, start, 0, start.length, 0);
  } finally {
    fs.closeSync(fd);
  }
  const begins = (hex: string): boolean => start.toString('hex').startsWith(hex);
  if (begins('1f8b')) return 'gzip';
  if (begins('fd377a585a00')) return 'xz';
  if (begins('28b52ffd')) return 'zstd';
  return start.toString('latin1', 257, 262) === 'ustar' ? 'none' : undefined;
}
