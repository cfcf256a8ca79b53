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
  };
}
