/** Puts a whole tree in the place of a damaged one. */
import * as fs from 'node:fs';
import { bytesOf } from '../../base/bytes.ts';
import { faultPoint } from '../../base/fault.ts';
import { syncDirectory } from '../../base/fs-atomic.ts';
import { systemCalls } from '../../base/system-calls.ts';
import { rawPathOf } from './raw-path.ts';
import { storeTime } from './tree-writer.ts';

/**
 * `fresh`, which is durable, stands at `realPath` afterwards, and what stood there at `fresh`. Where both can change
 * places in one step, there is no moment without either.
 */
export function replaceTree(fresh: string, realPath: string, folder: string): void {
  const paths = [fresh, realPath].filter((path) => fs.lstatSync(path, { throwIfNoEntry: false })?.isDirectory());
  // A directory can only be moved by who may write it.
  for (const path of paths) fs.chmodSync(path, 0o755);
  if (!exchange(fresh, realPath)) {
    const aside = `${fresh}.old`;
    if (fs.lstatSync(realPath, { throwIfNoEntry: false }) !== undefined) fs.renameSync(realPath, aside);
    faultPoint('repair/moved-aside');
    fs.renameSync(fresh, realPath);
    if (fs.lstatSync(aside, { throwIfNoEntry: false }) !== undefined) fs.renameSync(aside, fresh);
  }
  faultPoint('repair/replaced');
  if (fs.lstatSync(realPath).isDirectory()) {
    fs.chmodSync(realPath, 0o555);
    fs.utimesSync(realPath, storeTime, storeTime);
  }
  syncDirectory(folder);
}

function exchange(one: string, other: string): boolean {
  const [a, b] = [one, other].map((path) => bytesOf(rawPathOf(path)));
  return systemCalls()?.exchange(a!, b!) === 0;
}
