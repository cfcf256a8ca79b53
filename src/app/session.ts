/** What every operation works in: settings, the folder it was called from, where events go, and the store. */
import type { Sink } from '../base/events.ts';
import type { LocalStore } from '../store/index.ts';
import type { Config, Environment } from './config.ts';
import { AppError } from './errors.ts';
import type { Observation } from './observation.ts';
import type { Settings } from './settings.ts';
import { rootedLocation, type StoreLocation, storeLocation } from './store-location.ts';

export interface SessionOptions {
  readonly config: Config;
  readonly env: Environment;
  readonly cwd: string;
  readonly sink: Sink;
  /** Asked for only by work that heeds it: from then on Ctrl-C aborts it instead of ending the process. */
  readonly signal: AbortSignal;
  /** Runs work that cannot heed a signal, and that Ctrl-C may end on the spot. */
  readonly abruptly?: <T>(work: () => T) => T;
  /** Tells builds of the program apart, where it is not the bundle: results are kept for one build. */
  readonly build?: string | undefined;
  /** Counts and measures what is evaluated. */
  readonly observation?: Observation | undefined;
  /** Search path entries that come before those of the settings. */
  readonly include?: readonly string[];
}

export class Session {
  readonly settings: Settings;
  readonly env: Environment;
  readonly cwd: string;
  readonly sink: Sink;
  readonly include: readonly string[];
  readonly observation: Observation | undefined;
  readonly build: string | undefined;
  readonly location: StoreLocation;
  readonly #options: SessionOptions;
  #opened: LocalStore | undefined;
  #opening: Promise<LocalStore> | undefined;
  #evaluated: Readonly<Record<string, unknown>> | undefined;
  readonly #last: (() => void)[] = [];

  /** @param root of a machine, whose own store is the default one */
  constructor(options: SessionOptions, root?: string) {
    const { config, env, cwd } = options;
    this.settings = config.settings;
    this.env = env;
    this.cwd = cwd;
    this.sink = options.sink;
    this.#options = options;
    this.include = options.include ?? [];
    this.observation = options.observation;
    this.build = options.build;
    this.location =
      root !== undefined && config.settings.store === ''
        ? rootedLocation(root)
        : storeLocation(config.settings.store, env, cwd);
  }

  get signal(): AbortSignal {
    return this.#options.signal;
  }

  abruptly<T>(work: () => T): T {
    return this.#options.abruptly === undefined ? work() : this.#options.abruptly(work);
  }

  /** The store, when it has been opened already. */
  get opened(): LocalStore | undefined {
    return this.#opened;
  }

  /** Opens the store, which makes it where there is none. */
  store(): Promise<LocalStore> {
    this.#opening ??= this.#open();
    return this.#opening;
  }

  async #open(): Promise<LocalStore> {
    const { location } = this;
    if (location.kind === 'dummy') {
      throw new AppError('app/store', 'the store dummy:// keeps nothing: this needs a real one', {
        hint: 'Name one with --store DIR.',
      });
    }
    const { openLocalStore } = await import('../store/index.ts');
    const { physicalRoot, storeDir, stateDir } = location;
    const place = { physicalRoot, storeDir, ...(stateDir === undefined ? {} : { stateDir }) };
    this.#opened = openLocalStore({ ...place, durable: this.settings['fsync-store-paths'], sink: this.sink });
    this.#opened.noteEvaluation(this.#evaluated);
    return this.#opened;
  }

  /** Notes what is evaluated, as the origin of what that adds to the store. */
  evaluating(details: Readonly<Record<string, unknown>>): void {
    this.#evaluated = details;
    this.#opened?.noteEvaluation(details);
  }

  /** Has something done when the session ends. */
  beforeClose(work: () => void): void {
    this.#last.push(work);
  }

  close(): void {
    for (const work of this.#last.splice(0)) work();
    this.#opened?.close();
    this.#opened = undefined;
  }
}

/** Opens a session for one operation and closes it after, however it ends. */
export async function withSession<T>(options: SessionOptions, work: (session: Session) => Promise<T>): Promise<T> {
  const session = new Session(options);
  try {
    return await work(session);
  } finally {
    session.close();
  }
}
