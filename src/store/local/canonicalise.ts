/**
 * Brings what a build made into the form of everything in a store: modification time 1, modes 0444 and 0555, our
 * own owner, no extended attributes, and no file shared with anything outside of the tree.
 *
 * File capabilities and set-user-id bits go away with the change of owner.
 */
import * as fs from 'node:fs';
import { temporaryName } from '../../base/fs-atomic.ts';
import { removeExtendedAttributes } from './extended-attributes.ts';
import { native, rawPathOf } from './raw-path.ts';
import { entriesOf, unsupported } from './tree-events.ts';
import { storeTime } from './tree-writer.ts';

/**
 * Throws `StoreError` `store/unsupported-file-type`. Returns the number of files, directories and links.
 * @param keepShared files that have names outside of the tree are known to be those of other store paths, and stay so
 */
export function canonicalise(path: string | Uint8Array, keepShared = false): number {
  const entries = [...statTree(rawPathOf(path))];
  const linksInside = new Map<number, number>();
  for (const { state } of entries) {
    if (!state.isDirectory() && state.nlink > 1) linksInside.set(state.ino, (linksInside.get(state.ino) ?? 0) + 1);
  }
  // Children first: a directory that is read-only already must be opened to replace a file in it.
  for (const { rawPath, state } of entries.reverse()) {
    if (state.isSymbolicLink()) canonicaliseLink(rawPath, state);
    else {
      const shared = state.nlink > (linksInside.get(state.ino) ?? 1) && state.isFile();
      if (shared && keepShared) continue; // in this form already
      if (shared) unshare(rawPath, state.mode);
      canonicaliseNode(rawPath, state);
    }
  }
  return entries.length;
}

interface Entry {
  readonly rawPath: string;
  readonly state: fs.Stats;
}

function* statTree(root: string): Generator<Entry> {
  const todo = [root];
  for (let rawPath = todo.pop(); rawPath !== undefined; rawPath = todo.pop()) {
    const state = fs.lstatSync(native(rawPath));
    if (!state.isFile() && !state.isDirectory() && !state.isSymbolicLink()) throw unsupported(rawPath);
    if (state.isDirectory()) {
      // A builder may have left a directory that even its owner cannot read or search.
      if ((state.mode & 0o700) !== 0o700) fs.chmodSync(native(rawPath), 0o755);
      for (const [name] of entriesOf(rawPath)) todo.push(`${rawPath}/${name}`);
    }
    yield { rawPath, state };
  }
}

function canonicaliseNode(rawPath: string, state: fs.Stats): void {
  const path = native(rawPath);
  const executable = state.isDirectory() || (state.mode & 0o100) !== 0;
  fs.lchownSync(path, process.geteuid!(), process.getegid!());
  removeExtendedAttributes(rawPath, state.mode);
  fs.chmodSync(path, executable ? 0o555 : 0o444);
  fs.utimesSync(path, storeTime, storeTime);
}

function canonicaliseLink(rawPath: string, state: fs.Stats): void {
  const path = native(rawPath);
  if (state.uid !== process.geteuid!()) fs.lchownSync(path, process.geteuid!(), process.getegid!());
  removeExtendedAttributes(rawPath, undefined);
  fs.lutimesSync(path, storeTime, storeTime);
}

/** Replaces a file that has names elsewhere by a copy: changes there must not reach the store, nor ours them. */
function unshare(rawPath: string, mode: number): void {
  const folder = rawPath.slice(0, rawPath.lastIndexOf('/')) || '/';
  const copy = native(rawPathOf(temporaryName(folder)));
  fs.copyFileSync(native(rawPath), copy);
  fs.chmodSync(copy, mode & 0o777);
  fs.renameSync(copy, native(rawPath));
}
