/** Copies whatever is at a place, durably and with its metadata: for backups, across file systems. */
import * as fs from 'node:fs';
import { dirname } from 'node:path';
import { syncDirectory } from '../base/fs-atomic.ts';

/** Copies a file, a link or a whole folder to a place where nothing is; everything is synced but the folder it is in. */
export function copyEntry(from: string, to: string): void {
  const stat = fs.lstatSync(from);
  if (stat.isSymbolicLink()) {
    fs.symlinkSync(fs.readlinkSync(from), to);
    keepOwner(to, stat);
    return;
  }
  if (stat.isDirectory()) {
    fs.mkdirSync(to, { mode: 0o700 });
    for (const name of fs.readdirSync(from)) copyEntry(`${from}/${name}`, `${to}/${name}`);
  } else {
    fs.copyFileSync(from, to, fs.constants.COPYFILE_EXCL);
  }
  keepOwner(to, stat);
  fs.chmodSync(to, stat.mode & 0o7777);
  fs.utimesSync(to, stat.atime, stat.mtime);
  syncPath(to);
}

/** Only root can give files away; anybody else owns what they copy, and what they could read. */
function keepOwner(path: string, stat: fs.Stats): void {
  if (process.geteuid?.() === 0) fs.lchownSync(path, stat.uid, stat.gid);
}

/** Makes a file's bytes or a folder's entries durable, whatever its mode says to its owner. */
function syncPath(path: string): void {
  const stat = fs.statSync(path);
  const readable = (stat.mode & 0o400) !== 0 || process.geteuid?.() === 0;
  if (!readable) fs.chmodSync(path, stat.mode | 0o400);
  if (stat.isDirectory()) syncDirectory(path);
  else {
    const fd = fs.openSync(path, 'r');
    fs.fsyncSync(fd);
    fs.closeSync(fd);
  }
  if (!readable) fs.chmodSync(path, stat.mode & 0o7777);
}

/** Makes the entries of every folder that one of these paths is in durable, each folder once. */
export function syncParents(paths: Iterable<string>): void {
  for (const folder of new Set([...paths].map((path) => dirname(path)))) {
    if (fs.existsSync(folder)) syncDirectory(folder);
  }
}
