/** What a switch does besides changing files: the places in the order of a switch where it is done. */
import type { JournalHead } from './journal.ts';

/** How far a switch has got that is being undone. */
export interface UndoStage {
  /** Units may have been stopped. */
  readonly stopped: boolean;
  /** Places may have been changed. */
  readonly swapped: boolean;
}

/** Each call may be repeated: a switch that was interrupted goes on from the beginning of the stage that it was in. */
export interface Phase {
  readonly name: string;
  /** Before any file is changed. */
  beforeFiles(head: JournalHead): Promise<void>;
  /** After every file is changed and before the generation is current; an error puts everything back. */
  afterFiles(head: JournalHead): Promise<void>;
  /** The files are still, or already, those of the new generation. */
  beforeUndo(head: JournalHead, stage: UndoStage): Promise<void>;
  /** The files are as they were before; the phase undoes what it did. */
  afterUndo(head: JournalHead, stage: UndoStage): Promise<void>;
}
