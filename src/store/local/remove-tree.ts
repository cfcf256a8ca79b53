/** Removes trees of a store, whose directories are read-only. */
import * as fs from 'node:fs';
import { errnoOf } from '../../base/errors.ts';
import { native, rawPathOf } from './raw-path.ts';
import { type EntryKind, entriesOf } from './tree-events.ts';

/** Removes a file or a tree, if it is there. Returns the bytes that became free on disk. */
export function removeTree(path: string): number {
  const rawPath = rawPathOf(path);
  const state = fs.lstatSync(native(rawPath), { throwIfNoEntry: false });
  if (state === undefined) return 0;
  return state.isDirectory() ? removeDirectory(rawPath) : removeFile(rawPath);
}

/** Iterative: what a failed build leaves may be deeper than any stack. Somebody else may be removing the same. */
function removeDirectory(root: string): number {
  let freed = 0;
  const open: { path: string; directories: string[] }[] = [];
  const enter = (path: string): void => {
    const directories: string[] = [];
    for (const [name, kind] of openedEntries(path)) {
      if (kind === 'directory') directories.push(name);
      else freed += removeFile(`${path}/${name}`);
    }
    open.push({ path, directories });
  };
  enter(root);
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const { path, directories } = top;
    const next = directories.pop();
    if (next !== undefined) enter(`${path}/${next}`);
    else {
      open.pop();
      unlessGone(() => fs.rmdirSync(native(path)));
    }
  }
  return freed;
}

function openedEntries(path: string): [name: string, kind: EntryKind][] {
  return (
    unlessGone(() => {
      fs.chmodSync(native(path), 0o700);
      return entriesOf(path);
    }) ?? []
  );
}

/** What has other links stays on disk, and frees nothing. */
function removeFile(rawPath: string): number {
  const freed = unlessGone(() => {
    const state = fs.lstatSync(native(rawPath));
    fs.unlinkSync(native(rawPath));
    return state.nlink === 1 ? state.blocks * 512 : 0;
  });
  return freed ?? 0;
}

function unlessGone<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
