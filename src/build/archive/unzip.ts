/**
 * Unpacks a zip archive into a folder, by its central directory. Files are stored or deflated; what was made on a Unix
 * has its executable bits and symbolic links. Archives over 4 GiB (zip64), in several pieces or encrypted are refused.
 * What may be unpacked, and where, is judged as for a tar archive.
 */
import * as fs from 'node:fs';
import { inflateRawSync } from 'node:zlib';
import { bytesOf, fromUnicode } from '../../base/bytes.ts';
import { BuildError } from '../errors.ts';
import { type TarAction, TarPlan } from './tar-entry.ts';

interface ZipEntry {
  /** A byte string. */
  readonly name: string;
  readonly mode: number;
  /** Seconds since the epoch. */
  readonly time: number;
  readonly method: number;
  readonly flags: number;
  readonly start: number;
  readonly packed: number;
  readonly size: number;
}

const [endMark, entryMark, localMark] = [0x06054b50, 0x02014b50, 0x04034b50];
const [folderMode, linkMode, kindMask] = [0o40000, 0o120000, 0o170000];

/**
 * @param folder is made; nothing may be there yet
 * @returns the time of the newest entry, in seconds since the epoch
 * @throws BuildError `build/unpack-failed`; then the folder may hold a part of the archive
 */
export function unzip(archive: string, folder: string): number {
  const bytes = fs.readFileSync(archive);
  fs.mkdirSync(folder, 0o755);
  const plan = new TarPlan();
  let newest = 0;
  for (const entry of entriesOf(bytes)) {
    newest = Math.max(newest, entry.time);
    const kind = entry.mode & kindMask;
    const type = entry.name.endsWith('/') || kind === folderMode ? 'directory' : kind === linkMode ? 'symlink' : 'file';
    const linkname = type === 'symlink' ? contentOf(bytes, entry).toString('latin1') : '';
    for (const action of plan.next({ name: entry.name, type, linkname, mode: entry.mode })) {
      perform(action, fromUnicode(folder), () => contentOf(bytes, entry));
    }
  }
  return newest;
}

function perform(action: TarAction, folder: string, content: () => Buffer): void {
  if (action.kind === 'nothing' || action.kind === 'hardlink') return;
  const path = bytesOf(`${folder}/${action.path}`) as Buffer;
  if (action.kind === 'directory') fs.mkdirSync(path, 0o755);
  else if (action.kind === 'symlink') fs.symlinkSync(bytesOf(action.target) as Buffer, path);
  else fs.writeFileSync(path, content(), { flag: 'wx', mode: action.executable ? 0o755 : 0o644 });
}

function* entriesOf(bytes: Buffer): Generator<ZipEntry> {
  const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end < 0 || end + 22 > bytes.length || bytes.readUInt32LE(end) !== endMark) throw damaged('it has no directory');
  const count = bytes.readUInt16LE(end + 10);
  let at = bytes.readUInt32LE(end + 16);
  if (count === 0xffff || at === 0xffffffff) throw damaged('archives of this size are not read');
  for (let i = 0; i < count; i++) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== entryMark) throw damaged('its directory is cut short');
    const [name, extra, comment] = [28, 30, 32].map((offset) => bytes.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ];
    yield entryAt(bytes, at, name, extra);
    at += 46 + name + extra + comment;
  }
}

function entryAt(bytes: Buffer, at: number, nameLength: number, extraLength: number): ZipEntry {
  const madeOnUnix = bytes.readUInt8(at + 5) === 3;
  const extra = bytes.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength);
  return {
    name: bytes.toString('latin1', at + 46, at + 46 + nameLength),
    mode: madeOnUnix ? bytes.readUInt16LE(at + 40) : 0o644,
    time: unixTime(extra) ?? dosTime(bytes.readUInt16LE(at + 14), bytes.readUInt16LE(at + 12)),
    method: bytes.readUInt16LE(at + 10),
    flags: bytes.readUInt16LE(at + 8),
    start: bytes.readUInt32LE(at + 42),
    packed: bytes.readUInt32LE(at + 20),
    size: bytes.readUInt32LE(at + 24),
  };
}

/** The time of modification in the extra field `UT`. */
function unixTime(extra: Buffer): number | undefined {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    const isTime = extra.readUInt16LE(at) === 0x5455 && at + 9 <= extra.length;
    if (isTime && (extra.readUInt8(at + 4) & 1) === 1) return extra.readUInt32LE(at + 5);
  }
  return undefined;
}

/** In local time, as the format has it. */
function dosTime(date: number, time: number): number {
  const day = [(date >> 9) + 1980, ((date >> 5) & 15) - 1, date & 31] as const;
  return Math.floor(new Date(...day, time >> 11, (time >> 5) & 63, (time & 31) * 2).getTime() / 1000);
}

function contentOf(bytes: Buffer, { start, packed, size, method, flags, name }: ZipEntry): Buffer {
  if ((flags & 1) === 1) throw damaged(`'${name}' is encrypted`);
  if (start + 30 > bytes.length || bytes.readUInt32LE(start) !== localMark) throw damaged(`'${name}' is not in it`);
  const from = start + 30 + bytes.readUInt16LE(start + 26) + bytes.readUInt16LE(start + 28);
  const data = bytes.subarray(from, from + packed);
  if (data.length !== packed) throw damaged(`'${name}' is cut short`);
  const content = method === 0 ? data : method === 8 ? inflated(data, size, name) : undefined;
  if (content === undefined) throw damaged(`'${name}' is packed in a way that is not known (${method})`);
  if (content.length !== size) throw damaged(`'${name}' is not of the size that it should have`);
  return content;
}

function inflated(data: Buffer, size: number, name: string): Buffer {
  try {
    return inflateRawSync(data, { maxOutputLength: Math.max(size, 1) });
  } catch (cause) {
    throw damaged(`'${name}' cannot be unpacked`, cause);
  }
}

function damaged(why: string, cause?: unknown): BuildError {
  return new BuildError('build/unpack-failed', `the zip archive is damaged: ${why}`, { cause });
}
