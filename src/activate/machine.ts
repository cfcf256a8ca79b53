/** A machine as the operations of this room get it: where it is, the store behind it, and who is at work. */
import * as fs from 'node:fs';
import { type Event, type Sink, silent } from '../base/events.ts';
import { Generations } from './generations.ts';
import { type Interrupted, readInterrupted } from './journal.ts';
import { type MachineLayout, machineLayout } from './layout.ts';
import type { HealthPorts } from './live/health.ts';
import { isLocked } from './machine-lock.ts';
import type { Phase } from './phase.ts';
import { StoreFiles, type SystemStore } from './system-store.ts';
import type { ServiceManager } from './units/service-manager.ts';

export interface MachineOptions {
  /** The folder that is the machine's root; `/` is the real one. */
  readonly root: string;
  readonly store: SystemStore;
  readonly sink?: Sink;
  /** Who switches, for the records and for those who wait: `ann (pid 7)`. */
  readonly by: string;
  /** Whether files get their declared owners: only root can give files away. */
  readonly owners?: boolean;
  /** What the switch does besides all that it does by itself. */
  readonly phases?: readonly Phase[];
  /** What runs the machine's services; undefined: it is a folder, and nothing runs. */
  readonly manager?: ServiceManager;
  /** The machine is booting at this moment: what it starts by itself is not started by a switch. */
  readonly booting?: boolean;
  /** How sysbuild is started on this machine, for what it leaves to the next boot: an absolute path. */
  readonly program?: string;
  /** Which boot of the machine this is. */
  readonly boot?: string;
  /** How often the health of units is looked at; for tests. */
  readonly pace?: HealthPorts['pace'];
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
  readonly phases: readonly Phase[];
  readonly manager: ServiceManager | undefined;
  readonly booting: boolean;
  readonly program: string | undefined;
  readonly boot: string;
  readonly pace: HealthPorts['pace'];
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
    phases: options.phases ?? [],
    manager: options.manager,
    booting: options.booting ?? false,
    program: options.program,
    boot: options.boot ?? bootOf(),
    pace: options.pace,
  };
}

/** The kernel's name for this boot. */
function bootOf(): string {
  try {
    return fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}

/** The switch that was interrupted on this machine, if one was: the next switch or rollback finishes or undoes it. */
export function interruptedSwitch(machine: Machine): Interrupted | undefined {
  const left = readInterrupted(machine.layout);
  return left === undefined || isLocked(machine.layout) ? undefined : left;
}
