/**
 * Unpacks a tar archive into a folder. Owners, times and special modes are left out: what can be in a store path is
 * unpacked the same on every machine.
 */
import * as fs from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract } from 'tar-stream';
import { bytesOf, fromUnicode } from '../../base/bytes.ts';
import { BuildError } from '../errors.ts';
import { type TarAction, type TarHeader, TarPlan } from './tar-entry.ts';

interface Entry extends AsyncIterable<Uint8Array> {
  readonly header: {
    readonly name: string;
    readonly type?: string | null | undefined;
    readonly linkname?: string | null | undefined;
    readonly mode?: number | undefined;
    readonly mtime?: Date | undefined;
    readonly pax?: unknown;
  };
  resume(): unknown;
}

/**
 * @param folder is made; nothing may be there yet
 * @returns the time of the newest entry, in seconds since the epoch
 * @throws BuildError `build/unpack-failed`; then the folder may hold a part of the archive
 */
export async function untar(input: AsyncIterable<Uint8Array>, folder: string): Promise<number> {
  fs.mkdirSync(folder, 0o755);
  // An option that its types do not have: names are bytes, and stay so.
  const archive = extract({ filenameEncoding: 'latin1' } as Parameters<typeof extract>[0]);
  const fed = pipeline(Readable.from(input, { objectMode: false }), archive as unknown as NodeJS.WritableStream);
  const taken = unpackEntries(archive as unknown as AsyncIterable<Entry>, fromUnicode(folder));
  const [feeding, taking] = await Promise.allSettled([fed, taken]);
  // An entry that is refused ends the feeding too: its reason is the one that counts.
  if (taking.status === 'rejected') throw failure(taking.reason, feeding);
  if (feeding.status === 'rejected') throw failure(feeding.reason, feeding);
  return taking.value;
}

async function unpackEntries(entries: AsyncIterable<Entry>, folder: string): Promise<number> {
  const plan = new TarPlan();
  let newest = 0;
  for await (const entry of entries) {
    newest = Math.max(newest, Math.floor((entry.header.mtime?.getTime() ?? 0) / 1000));
    for (const action of plan.next(headerOf(entry))) await perform(action, folder, entry);
    entry.resume();
  }
  return newest;
}

async function perform(action: TarAction, folder: string, entry: Entry): Promise<void> {
  if (action.kind === 'nothing') return;
  const path = bytesOf(`${folder}/${action.path}`);
  if (action.kind === 'directory') fs.mkdirSync(path, 0o755);
  else if (action.kind === 'symlink') fs.symlinkSync(bytesOf(action.target), path);
  else if (action.kind === 'hardlink') fs.linkSync(bytesOf(`${folder}/${action.existing}`), path);
  else await writeEntry(path, action.executable, entry);
}

async function writeEntry(path: Uint8Array, executable: boolean, entry: Entry): Promise<void> {
  const fd = fs.openSync(path as Buffer, 'wx', executable ? 0o755 : 0o644);
  try {
    for await (const chunk of entry) {
      for (let done = 0; done < chunk.length; ) done += fs.writeSync(fd, chunk, done);
    }
  } finally {
    fs.closeSync(fd);
  }
}

/** Names in the header itself are read as bytes; those in an extended header are UTF-8 by definition. */
function headerOf({ header }: Entry): TarHeader {
  const extended = (header.pax ?? {}) as Readonly<Record<string, string>>;
  return {
    name: extended['path'] === undefined ? header.name : fromUnicode(extended['path']),
    linkname: extended['linkpath'] === undefined ? (header.linkname ?? '') : fromUnicode(extended['linkpath']),
    type: header.type ?? 'unknown',
    mode: header.mode ?? 0,
  };
}

function failure(reason: unknown, feeding: PromiseSettledResult<void>): unknown {
  if (feeding.status === 'rejected' && feeding.reason instanceof BuildError) return feeding.reason;
  if (reason instanceof BuildError) return reason;
  if (reason instanceof Error && 'errno' in reason) return reason;
  const why = reason instanceof Error ? reason.message : String(reason);
  return new BuildError('build/unpack-failed', `the tar archive is damaged: ${why}`, { cause: reason });
}
