/** Undoing one step: the place gets back the very file that was there. May be repeated after a crash at any moment. */
import * as fs from 'node:fs';
import type { Move } from './journal.ts';
import { isReachable, isReplacedSince, type MoveContext, pathsOf, saveAs, setAttributes } from './moves.ts';
import { observeAt } from './observe.ts';
import { exists, isFolder, remove, removeIfEmpty } from './places.ts';
import { sameContent } from './tree-state.ts';

/**
 * Steps are undone in reverse order.
 * @param swapped whether `swap` may have been called; before that, places are as they were
 */
export function undo(context: MoveContext, move: Move, swapped: boolean): void {
  const { target, fresh, old } = pathsOf(context, move);
  if (swapped && isReachable(context, move)) putBack(context, move);
  remove(fresh);
  // What is still at `old` is a second link to the file at the place; else somebody else's folder is there now.
  if (swapped && isReplacedSince(target, old)) saveAs(context, move, context.backups.nextNumber(), old);
  remove(old);
  if (move.backup !== undefined) context.backups.drop(move.backup);
}

function putBack(context: MoveContext, move: Move): void {
  const { target, fresh, old } = pathsOf(context, move);
  const { before, after } = move.step;
  if (before.kind === 'directory' && after.kind === 'directory') setAttributes(target, before);
  else if (after.kind === 'directory') removeIfEmpty(target);
  else if (before.kind === 'absent' && after.kind !== 'absent' && after.kind !== 'original') {
    // Only what we put there: nobody else's file is removed.
    if (!exists(fresh) && sameContent(after, observeAt(target))) fs.rmSync(target);
  }
  if (!exists(old)) return;
  const isCopyOfOriginal = after.kind === 'original' && !exists(fresh);
  if (isCopyOfOriginal || (isFolder(old) && !isFolder(target))) remove(target);
  if (!isFolder(target)) fs.renameSync(old, target);
}
