/**
 * Every file of ours on a machine, below its root. The profile folder holds the generations, as links that garbage
 * collectors (ours and Nix's) take for roots; the state folder holds what a switch remembers.
 */
import { resolve } from 'node:path';

export interface MachineLayout {
  /** The machine's root folder, absolute; empty for the real root, so that `root + '/etc'` is right for both. */
  readonly root: string;
  /** Holds `generation-N` -> system, `current` -> `generation-N`, and `generations.json`. */
  readonly profile: string;
  readonly current: string;
  readonly generationRecords: string;
  readonly state: string;
  readonly lock: string;
  /** The switch that is under way, if any. */
  readonly journal: string;
  /** Holds bytes that were not ours, or edits of ours, by number. */
  readonly backups: string;
  /** The folders that were made for declared files. */
  readonly folders: string;
  /** The numbers of accounts that were ever given, and who is locked. */
  readonly accounts: string;
  /** A report for each run. */
  readonly reports: string;
  /** Runs that a process of its own carries out: what was asked, what happens, how it ended. */
  readonly runs: string;
  /** The switch that waits for somebody to confirm it, and that somebody's word. */
  readonly confirm: string;
  /** Somebody's wish that the switch under way be given up. */
  readonly abort: string;
  /** A link to the system that the machine is on trial, until it boots. */
  readonly trial: string;
  /** A link to the generation that the machine becomes with its next boot. */
  readonly next: string;
}

/** Where the current system is, as seen on the machine itself. */
export const currentSystemPath = '/nix/var/nix/profiles/system/current';

/** The layout of the machine whose root is this folder. */
export function machineLayout(rootFolder: string): MachineLayout {
  const absolute = resolve(rootFolder);
  const root = absolute === '/' ? '' : absolute;
  const profile = `${root}/nix/var/nix/profiles/system`;
  const state = `${root}/var/lib/sysbuild`;
  return {
    root,
    profile,
    current: `${profile}/current`,
    generationRecords: `${profile}/generations.json`,
    state,
    lock: `${state}/lock`,
    journal: `${state}/switch.journal`,
    backups: `${state}/backups`,
    folders: `${state}/folders.json`,
    accounts: `${state}/accounts.json`,
    reports: `${state}/reports`,
    runs: `${state}/runs`,
    confirm: `${state}/confirm.json`,
    abort: `${state}/abort`,
    trial: `${profile}/trial`,
    next: `${profile}/next`,
  };
}
