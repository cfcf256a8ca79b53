/**
 * Carries out a plan, so that a kill at any moment leaves a machine that the next run finishes or puts back:
 *
 *  1. journal `begin`; the generation's link (a garbage collection root)
 *  2. every new file is written beside its place, every byte at risk is saved; nothing visible changes
 *  3. journal `prepared`; units that change are stopped, accounts are changed; journal `stopped`
 *  4. every file is put in place by a rename; journal `swapped`
 *  5. units are brought to their new form, and the machine has to be well; journal `healthy`
 *  6. `current` leads to the generation, by one rename
 *  7. journal `committed`; what is left beside places is removed; the journal ends
 *
 * An error in 2 to 5 undoes all of it, in reverse order, and is told as `activate/reverted`. A folder that no system
 * runs in has no `stopped`, `swapped` and `healthy`.
 */
import { errnoOf } from '../base/errors.ts';
import { faultPoint } from '../base/fault.ts';
import { Backups } from './backups.ts';
import { syncParents } from './copy-entry.ts';
import { ActivateError, type ActivateErrorCode } from './errors.ts';
import { recordFolders } from './folders.ts';
import { Generations } from './generations.ts';
import { type Interrupted, Journal, type JournalHead, type JournalPhase } from './journal.ts';
import type { MachineLayout } from './layout.ts';
import { undo } from './move-undo.ts';
import { finish, isAsPlanned, type MoveContext, pathsOf, prepare, swap } from './moves.ts';
import { messageOf, permissionError } from './permission.ts';
import type { Phase, UndoStage } from './phase.ts';
import { Reserve } from './realms/budget/guard.ts';
import type { PhaseTime } from './realms/budget/phase-time.ts';
import { changedMeanwhile, notFinished, reverted, revertFailed } from './switch-errors.ts';
import type { StoreFiles } from './system-store.ts';

export { readMadeFolders } from './folders.ts';

export interface ApplyPorts {
  readonly files: StoreFiles;
  readonly phases: readonly Phase[];
  /** Aborted when the switch is to be given up at the next safe point. */
  readonly signal?: AbortSignal | undefined;
  /** How long each phase may take on the way there; the way back takes what it needs. */
  readonly time?: PhaseTime | undefined;
}

/** What the running machine did not go along with; other errors of this room say themselves that nothing was changed. */
const ofTheMachine: ReadonlySet<ActivateErrorCode> = new Set([
  ...([
    'activate/units',
    'activate/unhealthy',
    'activate/unconfirmed',
    'activate/service-manager',
    'activate/budget',
  ] as const),
]);

class Application {
  readonly #layout: MachineLayout;
  readonly #ports: ApplyPorts;
  readonly #journal: Journal;
  readonly #context: MoveContext;
  readonly #reached: Set<JournalPhase>;

  constructor(
    layout: MachineLayout,
    ports: ApplyPorts,
    journal: Journal,
    head: JournalHead,
    reached: readonly JournalPhase[],
  ) {
    this.#layout = layout;
    this.#ports = ports;
    this.#journal = journal;
    this.#context = { root: layout.root, head, backups: new Backups(layout), files: ports.files };
    this.#reached = new Set(reached);
  }

  get #head(): JournalHead {
    return this.#context.head;
  }

  async run(label: string | undefined): Promise<void> {
    try {
      this.#createGeneration(label);
      this.#prepare();
    } catch (error) {
      throw await this.#revert(error);
    }
    await this.proceed();
  }

  /** From `prepared` to the end; also what the next run does after a crash. */
  async proceed(): Promise<void> {
    try {
      await this.#change();
      faultPoint('activate/commit');
      this.#commit();
      faultPoint('activate/committed');
    } catch (error) {
      throw await this.#revert(error);
    }
    this.finish();
  }

  /** All stages that an interrupted run has not ended. */
  async #change(): Promise<void> {
    if (this.#reached.has('healthy')) return;
    if (!this.#reached.has('stopped')) {
      await this.#each('the part before the files change', (phase) => phase.beforeFiles(this.#head));
      this.#note('stopped');
    }
    if (!this.#reached.has('swapped')) {
      this.#swap();
      this.#note('swapped');
    }
    this.#ports.signal?.throwIfAborted();
    await this.#each('the part after the files have changed', (phase) => phase.afterFiles(this.#head));
    this.#note('healthy');
  }

  async #each(name: string, work: (phase: Phase) => Promise<void>): Promise<void> {
    const { phases, time } = this.#ports;
    time?.begin(name);
    for (const phase of phases) {
      await work(phase);
      time?.check();
    }
  }

  /** Of a machine that runs, each stage is noted when it has ended. */
  #note(stage: JournalPhase): void {
    if (this.#head.live !== undefined) this.#journal.enter(stage);
    this.#reached.add(stage);
  }

  #commit(): void {
    const generations = new Generations(this.#layout);
    const { to, onTrial } = this.#head;
    if (onTrial) generations.tryOut(to.system);
    else {
      generations.select(to.generation);
      generations.endTrial();
      generations.unstage();
    }
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
    recordFolders(this.#layout, this.#head.moves);
    faultPoint('activate/end');
    this.#journal.end();
  }

  /** How far the switch may have got: the stage after the last one that is noted may have begun. */
  get #stage(): UndoStage {
    const stopped = this.#reached.has('prepared');
    return { stopped, swapped: stopped && (this.#head.live === undefined || this.#reached.has('stopped')) };
  }

  async undo(): Promise<void> {
    const stage = this.#stage;
    const phases = this.#ports.phases.toReversed();
    for (const phase of phases) await phase.beforeUndo(this.#head, stage);
    for (const move of this.#head.moves.toReversed()) {
      faultPoint(`activate/undo ${move.step.path}`);
      undo(this.#context, move, stage.swapped);
    }
    this.#syncPlaces();
    for (const phase of phases) await phase.afterUndo(this.#head, stage);
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
    const { signal, time } = this.#ports;
    time?.begin('writing the files beside their places');
    for (const move of this.#head.moves) {
      signal?.throwIfAborted();
      time?.check();
      if (!isAsPlanned(this.#context, move)) throw changedMeanwhile(move.step.path);
      faultPoint(`activate/prepare ${move.step.path}`);
      prepare(this.#context, move);
    }
    this.#syncPlaces();
    faultPoint('activate/prepared');
    this.#journal.enter('prepared');
    this.#reached.add('prepared');
  }

  #swap(): void {
    for (const move of this.#head.moves) {
      faultPoint(`activate/swap ${move.step.path}`);
      swap(this.#context, move);
    }
    this.#syncPlaces();
  }

  /** Undoes everything; returns the error to be thrown. */
  async #revert(cause: unknown): Promise<unknown> {
    try {
      // The way back on a full disk: space that was kept for ourselves.
      if (errnoOf(cause) === 'ENOSPC') new Reserve(this.#layout).release();
      if (this.#reached.has('prepared')) this.#journal.enter('undoing');
      await this.undo();
    } catch (error) {
      this.#journal.abandon();
      return revertFailed(cause, error);
    }
    const known = permissionError(cause, this.#layout.root || '/');
    return known instanceof ActivateError && !ofTheMachine.has(known.code) ? known : reverted(cause, messageOf(cause));
  }

  #syncPlaces(): void {
    syncParents(this.#head.moves.flatMap((move) => Object.values(pathsOf(this.#context, move))));
  }
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
  await new Application(layout, ports, journal, head, ['begin']).run(label);
}

/** What was done about an interrupted switch. */
export interface Recovery {
  readonly outcome: 'finished' | 'undone';
  readonly generation: number;
  readonly system: string;
}

/** Finishes or undoes an interrupted switch; `back` undoes it wherever that can still be done. */
export async function recover(
  layout: MachineLayout,
  left: Interrupted,
  ports: ApplyPorts,
  back = false,
): Promise<Recovery> {
  const { generation, system } = left.head.to;
  const application = new Application(layout, ports, Journal.resume(layout), left.head, left.phases);
  if (left.phase === 'committed') application.finish();
  else if (goesBack(left, back)) {
    await application.undo();
    return { outcome: 'undone', generation, system };
  } else await application.proceed();
  return { outcome: 'finished', generation, system };
}

function goesBack({ phase, phases }: Interrupted, back: boolean): boolean {
  if (phase === 'begin' || phase === 'undoing') return true;
  return back && !phases.includes('healthy');
}
