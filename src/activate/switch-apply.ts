/**
 * Carries out a plan, so that a kill at any moment leaves a machine that the next run finishes or puts back:
 *
 *  1. journal `begin`; the generation's link (a garbage collection root)
 *  2. every new file is written beside its place, every byte at risk is saved; nothing visible changes
 *  3. journal `prepared`: from here on an interrupted switch is finished, before it was undone
 *  4. every file is put in place by a rename; then what else the machine has to do for it (`Phase`)
 *  5. `current` leads to the generation, by one rename
 *  6. journal `committed`; what is left beside places is removed; the journal ends
 *
 * An error in 2 to 4 undoes all of it, in reverse order, and is told as `activate/reverted`.
 */
import * as fs from 'node:fs';
import { faultPoint } from '../base/fault.ts';
import { writeFileAtomic } from '../base/fs-atomic.ts';
import { Backups } from './backups.ts';
import { syncParents } from './copy-entry.ts';
import { ActivateError } from './errors.ts';
import { Generations } from './generations.ts';
import { type Interrupted, Journal, type JournalHead } from './journal.ts';
import type { MachineLayout } from './layout.ts';
import { undo } from './move-undo.ts';
import { finish, isAsPlanned, type MoveContext, pathsOf, prepare, swap } from './moves.ts';
import { messageOf, permissionError } from './permission.ts';
import type { StoreFiles } from './system-store.ts';

/** Something that a switch does to the running machine around the change of its files: services, say. */
export interface Phase {
  readonly name: string;
  /** Before any file is changed. */
  beforeFiles(head: JournalHead): Promise<void>;
  /** After every file is changed and before the generation is current; an error puts everything back. */
  afterFiles(head: JournalHead): Promise<void>;
  /** The files are as they were before; the phase undoes what it did. */
  revert(head: JournalHead): Promise<void>;
}

export interface ApplyPorts {
  readonly files: StoreFiles;
  readonly phases: readonly Phase[];
}

class Application {
  readonly #layout: MachineLayout;
  readonly #ports: ApplyPorts;
  readonly #journal: Journal;
  readonly #context: MoveContext;

  constructor(layout: MachineLayout, ports: ApplyPorts, journal: Journal, head: JournalHead) {
    this.#layout = layout;
    this.#ports = ports;
    this.#journal = journal;
    this.#context = { root: layout.root, head, backups: new Backups(layout), files: ports.files };
  }

  get #head(): JournalHead {
    return this.#context.head;
  }

  async run(label: string | undefined): Promise<void> {
    try {
      this.#createGeneration(label);
      this.#prepare();
    } catch (error) {
      throw await this.#revert(error, false);
    }
    await this.proceed();
  }

  /** From `prepared` to the end; also what the next run does after a crash. */
  async proceed(): Promise<void> {
    try {
      for (const phase of this.#ports.phases) await phase.beforeFiles(this.#head);
      this.#swap();
      for (const phase of this.#ports.phases) await phase.afterFiles(this.#head);
      faultPoint('activate/commit');
      new Generations(this.#layout).select(this.#head.to.generation);
      faultPoint('activate/committed');
    } catch (error) {
      throw await this.#revert(error, true);
    }
    this.finish();
  }

  /** What is left to do when the generation is current; the next run does what cannot be done now. */
  finish(): void {
    try {
      this.#journal.enter('committed');
      this.#cleanUp();
    } catch (error) {
      this.#journal.abandon();
      throw notFinished(this.#head, error);
    }
  }

  #cleanUp(): void {
    for (const move of this.#head.moves) {
      faultPoint(`activate/finish ${move.step.path}`);
      finish(this.#context, move);
    }
    this.#recordFolders();
    faultPoint('activate/end');
    this.#journal.end();
  }

  async undo(swapped: boolean): Promise<void> {
    for (const move of this.#head.moves.toReversed()) {
      faultPoint(`activate/undo ${move.step.path}`);
      undo(this.#context, move, swapped);
    }
    this.#syncPlaces();
    if (swapped) for (const phase of this.#ports.phases.toReversed()) await phase.revert(this.#head);
    new Generations(this.#layout).takeBack(this.#head);
    faultPoint('activate/end of undoing');
    this.#journal.end();
  }

  #createGeneration(label: string | undefined): void {
    const { to, startedAt, by } = this.#head;
    if (!to.isNew) return;
    faultPoint('activate/generation');
    new Generations(this.#layout).create(to.generation, to.system, { createdAt: startedAt, createdBy: by, label });
  }

  #prepare(): void {
    for (const move of this.#head.moves) {
      if (!isAsPlanned(this.#context, move)) throw changedMeanwhile(move.step.path);
      faultPoint(`activate/prepare ${move.step.path}`);
      prepare(this.#context, move);
    }
    this.#syncPlaces();
    faultPoint('activate/prepared');
    this.#journal.enter('prepared');
  }

  #swap(): void {
    for (const move of this.#head.moves) {
      faultPoint(`activate/swap ${move.step.path}`);
      swap(this.#context, move);
    }
    this.#syncPlaces();
  }

  /** Undoes everything; returns the error to be thrown. */
  async #revert(cause: unknown, swapped: boolean): Promise<unknown> {
    try {
      if (swapped) this.#journal.enter('undoing');
      await this.undo(swapped);
    } catch (error) {
      this.#journal.abandon();
      return revertFailed(cause, error);
    }
    const known = permissionError(cause, this.#layout.root || '/');
    if (known instanceof ActivateError) return known;
    return new ActivateError('activate/reverted', `the switch failed and was undone: ${messageOf(cause)}`, { cause });
  }

  #syncPlaces(): void {
    syncParents(this.#head.moves.flatMap((move) => Object.values(pathsOf(this.#context, move))));
  }

  /** Remembers the folders that were made, so that they can go when nothing needs them. */
  #recordFolders(): void {
    const known = readMadeFolders(this.#layout);
    const before = [...known].join('\n');
    for (const { step } of this.#head.moves) {
      if (step.after.kind === 'directory' && step.before.kind !== 'directory') known.add(step.path);
      else if (step.after.kind !== 'directory') known.delete(step.path);
    }
    if ([...known].join('\n') === before) return;
    faultPoint('activate/folders');
    writeFileAtomic(this.#layout.folders, `${JSON.stringify([...known].sort(), null, 2)}\n`);
  }
}

/** The folders that switches made for declared files, as paths of the machine. */
export function readMadeFolders(layout: MachineLayout): Set<string> {
  if (!fs.existsSync(layout.folders)) return new Set();
  return new Set(JSON.parse(fs.readFileSync(layout.folders, 'utf8')) as string[]);
}

/**
 * Carries out a switch that nothing was done of yet.
 * @throws ActivateError `activate/reverted` and what is told by its own code: everything is as it was; or
 *   `activate/revert-failed`: the next run tries again
 */
export async function applySwitch(
  layout: MachineLayout,
  head: JournalHead,
  label: string | undefined,
  ports: ApplyPorts,
): Promise<void> {
  faultPoint('activate/begin');
  const journal = Journal.begin(layout, head);
  await new Application(layout, ports, journal, head).run(label);
}

/** What was done about an interrupted switch. */
export interface Recovery {
  readonly outcome: 'finished' | 'undone';
  readonly generation: number;
  readonly system: string;
}

/** Finishes or undoes an interrupted switch. */
export async function recover(layout: MachineLayout, left: Interrupted, ports: ApplyPorts): Promise<Recovery> {
  const { generation, system } = left.head.to;
  const application = new Application(layout, ports, Journal.resume(layout), left.head);
  if (left.phase === 'prepared' || left.phase === 'committed') {
    if (left.phase === 'prepared') await application.proceed();
    else application.finish();
    return { outcome: 'finished', generation, system };
  }
  await application.undo(left.phase === 'undoing');
  return { outcome: 'undone', generation, system };
}

function changedMeanwhile(path: string): ActivateError {
  return new ActivateError(
    'activate/changed-meanwhile',
    `'${path}' was changed after the plan was made; nothing was done`,
    {
      details: { path },
      hint: 'switch again',
    },
  );
}

function revertFailed(cause: unknown, error: unknown): ActivateError {
  return new ActivateError(
    'activate/revert-failed',
    `the switch failed (${messageOf(cause)}) and could not be undone: ${messageOf(error)}`,
    { cause: error, hint: 'remedy it and run the switch again: it begins with undoing what is left' },
  );
}

function notFinished(head: JournalHead, cause: unknown): ActivateError {
  const { generation } = head.to;
  return new ActivateError(
    'activate/not-finished',
    `generation ${generation} is current, but the switch could not be finished: ${messageOf(cause)}`,
    { cause, details: { generation }, hint: 'remedy it and switch again: the next switch begins with what is left' },
  );
}
