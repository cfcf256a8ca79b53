/** Opens a scratch machine; for child processes too, which have no test runner. */
import { type Machine, type MachineOptions, openMachine } from '../../src/activate/index.ts';
import { type LocalStore, openLocalStore } from '../../src/store/index.ts';

export interface Scratch {
  readonly root: string;
  readonly store: LocalStore;
  readonly machine: Machine;
}

/** The machine whose root is this folder, with its store in it. */
export function openScratch(root: string, options: Partial<MachineOptions> = {}): Scratch {
  const store = openLocalStore({ physicalRoot: root });
  return { root, store, machine: openMachine({ root, store, by: 'tester (pid 1)', ...options }) };
}
