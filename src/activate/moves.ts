/**
 * Carrying out one step, in parts that can each be repeated: `prepare` writes the new entry beside its place and links
 * the old one beside it, `swap` puts the new one in place by a rename, `finish` removes the old one. What is where
 * tells how far a step got, so that none of it need be recorded. `move-undo.ts` is the way back.
 */
import * as fs from 'node:fs';
import { errnoOf } from '../base/errors.ts';
import { faultPoint } from '../base/fault.ts';
import type { Backups } from './backups.ts';
import { copyEntry } from './copy-entry.ts';
import type { JournalHead, Move } from './journal.ts';
import { observeAt } from './observe.ts';
import { exists, isFolder, remove, removeIfEmpty, statIfThere } from './places.ts';
import { physicalPath } from './root-path.ts';
import type { StoreFiles } from './system-store.ts';
import { sameObserved, type WantedAttributes } from './tree-state.ts';

/** What the steps of one switch work with. */
export interface MoveContext {
  readonly root: string;
  readonly head: JournalHead;
  readonly backups: Backups;
  readonly files: StoreFiles;
}

/** Beginning of the names of what is written beside places. */
const stagePrefix = '.sysbuild-';

/** The physical paths of a step: its place, and the new and the old entry beside it. */
export function pathsOf(context: MoveContext, move: Move): { target: string; fresh: string; old: string } {
  const stage = `${context.root}${move.place.folder}/${stagePrefix}${context.head.id}-${move.index}`;
  return { target: physicalPath(context.root, move.place), fresh: `${stage}.new`, old: `${stage}.old` };
}

/**
 * Whether the place can be got at: every folder to it is a real one. A step of the same switch may not have made it
 * yet, or may have put a link there by now, which leads to somewhere else.
 */
export function isReachable(context: MoveContext, { place }: Move): boolean {
  const above = [...place.folder.split('/').slice(1), ...place.rest.slice(0, -1)];
  return above.every((_, index) => isFolder(`${context.root}/${above.slice(0, index + 1).join('/')}`));
}

/** Whether the place still is as the plan saw it. */
export function isAsPlanned(context: MoveContext, move: Move): boolean {
  return !isReachable(context, move) || sameObserved(observeAt(pathsOf(context, move).target), move.step.before);
}

/** Saves what is at risk and writes the new entry; nothing that anybody looks at is changed. */
export function prepare(context: MoveContext, move: Move): void {
  const { target, fresh, old } = pathsOf(context, move);
  const { before, after } = move.step;
  if (move.backup !== undefined) saveAs(context, move, move.backup, target);
  faultPoint('activate/saved');
  if (before.kind === 'file' || before.kind === 'symlink') linkIfAllowed(target, old);
  faultPoint('activate/linked');
  if (after.kind === 'symlink') fs.symlinkSync(after.target, fresh);
  if (after.kind === 'original') copyEntry(context.backups.contentOf(after.backup), fresh);
  if (after.kind === 'file') writeNew(fresh, context.files.physical(after.source), after);
}

/** Keeps what is at a physical path as the bytes that were at the step's place. */
export function saveAs(context: MoveContext, move: Move, number: number, physical: string): void {
  const { startedAt, to } = context.head;
  const why = move.step.saves ?? 'edited';
  context.backups.save({ number, path: move.step.path, why, savedAt: startedAt, generation: to.generation }, physical);
}

/** A file that belongs to somebody else may not be linked by anybody but root: it is then moved when its turn comes. */
function linkIfAllowed(target: string, old: string): void {
  try {
    fs.linkSync(target, old);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno !== 'EPERM' && errno !== 'EMLINK' && errno !== 'EOPNOTSUPP') throw error;
  }
}

function writeNew(fresh: string, source: string, attributes: WantedAttributes): void {
  fs.copyFileSync(source, fresh, fs.constants.COPYFILE_EXCL);
  faultPoint('activate/written');
  const fd = fs.openSync(fresh, 'r');
  try {
    setAttributes(fresh, attributes);
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}

/** The mode last: a change of owner takes setuid away. */
export function setAttributes(path: string, { mode, uid, gid }: WantedAttributes): void {
  if (uid !== undefined && gid !== undefined && process.geteuid?.() === 0) fs.chownSync(path, uid, gid);
  fs.chmodSync(path, mode);
}

/** Makes the place what the step wants. May be repeated after a crash at any moment. */
export function swap(context: MoveContext, move: Move): void {
  const { target, fresh, old } = pathsOf(context, move);
  const { before, after, action } = move.step;
  if (action === 'remove-folder' || !isReachable(context, move)) return;
  if (after.kind === 'absent') moveAway(target, old);
  else if (after.kind === 'directory') {
    if (!isFolder(target)) {
      moveAway(target, old);
      faultPoint('activate/place cleared');
      fs.mkdirSync(target);
      faultPoint('activate/folder made');
    }
    setAttributes(target, after);
  } else if (exists(fresh)) {
    if (isReplacedSince(target, old)) saveAs(context, move, context.backups.nextNumber(), target);
    const mustMove = before.kind === 'directory' || isFolder(fresh) || !exists(old);
    if (before.kind !== 'absent' && mustMove) moveAway(target, old);
    faultPoint('activate/moved away');
    fs.renameSync(fresh, target);
  }
}

/** The entry at the place leaves it, and is at `old`. */
function moveAway(target: string, old: string): void {
  if (!exists(target) || isReplacedSince(target, old)) return;
  // A rename between two links of one file does nothing.
  if (exists(old)) fs.unlinkSync(target);
  else fs.renameSync(target, old);
}

/** Whether somebody put another file at the place after it was linked at `old`: after a crash that may be long ago. */
export function isReplacedSince(target: string, old: string): boolean {
  const [there, linked] = [target, old].map(statIfThere);
  return there !== undefined && linked !== undefined && there.ino !== linked.ino;
}

/** The step is done for good: what is beside the place goes, and so does a backup that was put back. */
export function finish(context: MoveContext, move: Move): void {
  const { target, fresh, old } = pathsOf(context, move);
  remove(fresh);
  if (isFolder(old) && move.backup === undefined && hasStrays(old)) {
    saveAs(context, move, context.backups.nextNumber(), old);
  }
  faultPoint('activate/strays kept');
  remove(old);
  faultPoint('activate/old removed');
  if (move.step.after.kind === 'original' && exists(target)) context.backups.drop(move.step.after.backup);
  if (move.step.action === 'remove-folder' && isReachable(context, move)) removeIfEmpty(target);
}

/** Whether a folder of ours holds a file that somebody put there after the plan was made. */
function hasStrays(folder: string): boolean {
  return fs.readdirSync(folder, { withFileTypes: true }).some((entry) => {
    if (entry.isDirectory()) return hasStrays(`${folder}/${entry.name}`);
    return !entry.name.startsWith(stagePrefix);
  });
}
