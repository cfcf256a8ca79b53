/** Removes trees of a store, whose directories are read-only. */
import * as fs from 'node:fs';
import { errnoOf } from '../../base/errors.ts';
import { native, rawPathOf } from './raw-path.ts';
import { entriesOf } from './tree-events.ts';

/** Removes a file or a tree, if it is there. Returns the bytes that became free on disk. */
export function removeTree(path: string): number {
  const rawPath = rawPathOf(path);
  const state = fs.lstatSync(native(rawPath), { throwIfNoEntry: false });
  if (state === undefined) return 0;
  return state.isDirectory() ? removeDirectory(rawPath) : removeFile(rawPath);
}

/** Iterative: what a failed build leaves may be deeper than any stack. */
function removeDirectory(root: string): number {
  let freed = 0;
  const open: { path: string; directories: string[] }[] = [];
  const enter = (path: string): void => {
    fs.chmodSync(native(path), 0o700);
    const directories: string[] = [];
    for (const [name, kind] of entriesOf(path)) {
      if (kind === 'directory') directories.push(name);
      else freed += removeFile(`${path}/${name}`);
    }
    open.push({ path, directories });
  };
  enter(root);
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const next = top.directories.pop();
    if (next !== undefined) enter(`${top.path}/${next}`);
    else {
      open.pop();
      fs.rmdirSync(native(top.path));
    }
  }
  return freed;
}

/** What has other links stays on disk, and frees nothing. */
function removeFile(rawPath: string): number {
  try {
    const state = fs.lstatSync(native(rawPath));
    fs.unlinkSync(native(rawPath));
    return state.nlink === 1 ? state.blocks * 512 : 0;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return 0;
    throw error;
  }
}
