/** A machine as the operations of this room get it: where it is, the store behind it, and who is at work. */
import { type Event, type Sink, silent } from '../base/events.ts';
import { Generations } from './generations.ts';
import { type Interrupted, readInterrupted } from './journal.ts';
import { type MachineLayout, machineLayout } from './layout.ts';
import { isLocked } from './machine-lock.ts';
import type { ApplyPorts, Phase } from './switch-apply.ts';
import { StoreFiles, type SystemStore } from './system-store.ts';

export interface MachineOptions {
  /** The folder that is the machine's root; `/` is the real one. */
  readonly root: string;
  readonly store: SystemStore;
  readonly sink?: Sink;
  /** Who switches, for the records and for those who wait: `ann (pid 7)`. */
  readonly by: string;
  /** Whether files get their declared owners: only root can give files away. */
  readonly owners?: boolean;
  /** What the switch does besides files; a folder that no system runs in needs nothing. */
  readonly phases?: readonly Phase[];
  readonly now?: () => Date;
}

export interface Machine {
  readonly layout: MachineLayout;
  readonly store: SystemStore;
  readonly files: StoreFiles;
  readonly generations: Generations;
  readonly emit: (event: Event) => void;
  readonly by: string;
  readonly owners: boolean;
  readonly now: () => Date;
  readonly ports: ApplyPorts;
}

export function openMachine(options: MachineOptions): Machine {
  const layout = machineLayout(options.root);
  const files = new StoreFiles(options.store);
  const sink = options.sink ?? silent;
  return {
    layout,
    store: options.store,
    files,
    generations: new Generations(layout),
    emit: (event) => sink.emit(event),
    by: options.by,
    owners: options.owners ?? process.geteuid?.() === 0,
    now: options.now ?? (() => new Date()),
    ports: { files, phases: options.phases ?? [] },
  };
}

/** The switch that was interrupted on this machine, if one was: the next switch or rollback finishes or undoes it. */
export function interruptedSwitch(machine: Machine): Interrupted | undefined {
  const left = readInterrupted(machine.layout);
  return left === undefined || isLocked(machine.layout) ? undefined : left;
}
