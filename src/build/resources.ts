/** What builds of one run share, made when it is first needed: the folder to work in, the place to run, the caches. */
import type { Sink } from '../base/events.ts';
import type { LocalStore } from '../store/index.ts';
import { CacheSubstituter } from './cache-substituter.ts';
import type { Settings } from './options.ts';
import type { BuildPlace } from './place.ts';
import { findBubblewrap } from './sandbox/find-bubblewrap.ts';
import { LinuxSandbox } from './sandbox/linux.ts';
import { Unsandboxed } from './sandbox/unsandboxed.ts';
import { Workspace } from './workspace.ts';

export class Resources {
  readonly #store: LocalStore;
  readonly #settings: Settings;
  readonly #sink: Sink;
  #substituter: CacheSubstituter | undefined;
  #workspace: Workspace | undefined;
  #place: BuildPlace | undefined;

  constructor(store: LocalStore, settings: Settings, sink: Sink) {
    this.#store = store;
    this.#settings = settings;
    this.#sink = sink;
  }

  /** Undefined where there are no caches. */
  get substituter(): CacheSubstituter | undefined {
    const { substituters, signal } = this.#settings;
    if (substituters === undefined || substituters.isEmpty) return undefined;
    this.#substituter ??= new CacheSubstituter(this.#store, substituters, this.#sink, signal);
    return this.#substituter;
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
  async close(): Promise<void> {
    this.#substituter?.close();
    if (this.#workspace === undefined) Workspace.clean(this.#store);
    this.#place?.close();
    await this.#workspace?.close();
    this.#workspace = undefined;
  }
}
