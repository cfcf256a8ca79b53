/** What builds of one run share, made when the first of them needs it: the folder to work in, and the place to run. */
import type { LocalStore } from '../store/index.ts';
import type { Settings } from './options.ts';
import type { BuildPlace } from './place.ts';
import { findBubblewrap } from './sandbox/find-bubblewrap.ts';
import { LinuxSandbox } from './sandbox/linux.ts';
import { Unsandboxed } from './sandbox/unsandboxed.ts';
import { Workspace } from './workspace.ts';

export class Resources {
  readonly #store: LocalStore;
  readonly #settings: Settings;
  #workspace: Workspace | undefined;
  #place: BuildPlace | undefined;

  constructor(store: LocalStore, settings: Settings) {
    this.#store = store;
    this.#settings = settings;
  }

  get workspace(): Workspace {
    this.#workspace ??= Workspace.open(this.#store, this.#settings.maxJobs);
    return this.#workspace;
  }

  /** @throws BuildError `build/no-sandbox` */
  get place(): BuildPlace {
    this.#place ??=
      this.#settings.sandbox === 'off'
        ? new Unsandboxed(this.#store)
        : new LinuxSandbox(this.#store, this.workspace, findBubblewrap(this.#settings.environment), this.#settings);
    return this.#place;
  }

  /** Leaves nothing behind, of earlier runs that could not close theirs neither. */
  close(): void {
    if (this.#workspace === undefined) Workspace.clean(this.#store);
    this.#place?.close();
    this.#workspace?.close();
    this.#workspace = undefined;
  }
}
