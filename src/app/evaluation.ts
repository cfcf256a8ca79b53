/** One evaluation: an evaluator over a host, and the loop that lets it wait for builds and downloads. */
import { resolve } from 'node:path';
import { fromUnicode } from '../base/bytes.ts';
import type { Sink } from '../base/events.ts';
import { isDerivationPath, type StorePath } from '../formats/index.ts';
import {
  createEvaluator,
  diagnosticOf,
  EvalError,
  type Evaluator,
  type FetchRequest,
  type FetchResult,
  type HostSettings,
  Suspend,
} from '../lang/index.ts';
import type { LocalStore } from '../store/index.ts';
import { type Access, AllowList, unrestricted } from './access.ts';
import { codeCache } from './code-cache.ts';
import { noteDiagnostic, withoutLibrary } from './diagnose.ts';
import { disk } from './disk.ts';
import { EvalHost, type HostStore } from './eval-host.ts';
import { FileView } from './file-view.ts';
import { hostSettings } from './host-settings.ts';
import type { ReadLog } from './kept/reads.ts';
import { Overlay } from './overlay.ts';
import { isPseudoUrl } from './search-path.ts';
import type { Session } from './session.ts';
import { realStoreDir } from './store-location.ts';
import { writeOut } from './write-out.ts';

/** What notes the reads of an evaluation, and what it says. */
export interface Recording {
  readonly log: ReadLog;
  readonly sink: Sink;
}

export class Evaluation {
  readonly evaluator: Evaluator;
  readonly #session: Session;
  readonly #overlay: Overlay;
  /** Sees what the program sees. */
  readonly #view: FileView;
  /** Sees everything: for what is done on the program's behalf. */
  readonly #wholeView: FileView;

  /** @param recording notes all that the evaluation reads and says */
  constructor(session: Session, recording?: Recording) {
    this.#session = session;
    const { location } = session;
    const settings = hostSettings(session);
    const access = accessFor(session, settings);
    this.#overlay = new Overlay(location.storeDir);
    const storeFolder = location.kind === 'local' ? realStoreDir(location) : undefined;
    this.#view = new FileView(this.#overlay, storeFolder, access, fromUnicode(session.cwd), recording?.log.over(disk));
    this.#wholeView = new FileView(this.#overlay, storeFolder, unrestricted, fromUnicode(session.cwd));
    const store = this.#hostStore();
    const { env } = session;
    const { log, sink } = recording ?? { log: undefined, sink: session.sink };
    const host = new EvalHost({ settings, env, overlay: this.#overlay, view: this.#view, access, store, sink, log });
    this.evaluator = createEvaluator(host, codeCache(env), session.observation?.watch);
    session.beforeClose(() => this.evaluator.saveCode());
  }

  /** Evaluates; whenever that has to wait for something, waits and evaluates again. */
  async run<T>(body: () => T): Promise<T> {
    for (;;) {
      try {
        return this.#session.abruptly(body);
      } catch (error) {
        if (error instanceof EvalError) noteDiagnostic(error, withoutLibrary(diagnosticOf(error)));
        if (!(error instanceof Suspend)) throw error;
        await error.resume();
      }
    }
  }

  /** Puts these paths and all they refer to into the store, for real. */
  async writeOut(paths: Iterable<StorePath>): Promise<LocalStore> {
    const store = await this.#session.store();
    writeOut(this.#overlay, this.#wholeView, store, paths);
    return store;
  }

  /**
   * Puts the sources and texts that `text` mentions into the store, so that what was printed can be looked at.
   * Derivations are left to those who ask for them. A store that keeps nothing is left alone. Returns their paths.
   */
  async writeMentioned(text: string): Promise<StorePath[]> {
    if (this.#session.location.kind === 'dummy') return [];
    const mentioned = this.#overlay.mentionedIn(text).filter((path) => !isDerivationPath(path));
    if (mentioned.length > 0) await this.writeOut(mentioned);
    return mentioned;
  }

  #hostStore(): HostStore {
    const session = this.#session;
    return {
      get opened() {
        return session.opened;
      },
      open: () => session.store(),
      build: (drvPath, outputs) => this.#build(drvPath, outputs),
      fetch: (request) => this.#fetch(request),
    };
  }

  async #build(drvPath: StorePath, outputs: readonly string[]): Promise<void> {
    const store = await this.writeOut([drvPath]);
    const { realiseWanted } = await import('./realise.ts');
    await realiseWanted(this.#session, store, [{ drvPath, outputs }]);
  }

  readonly #fetched = new Map<string, FetchResult>();

  #fetch(request: FetchRequest): FetchResult {
    const key = JSON.stringify([request.kind, request.args]);
    const known = this.#fetched.get(key);
    if (known !== undefined) return known;
    throw new Suspend(`fetching (${request.kind})`, async () => {
      const { fetchSource } = await import('./fetch.ts');
      const { path, attributes } = await fetchSource(this.#session, this.#wholeView, this.#overlay, request);
      this.#fetched.set(key, { path, attributes });
    });
  }
}

function accessFor(session: Session, settings: HostSettings): Access {
  if (!settings.pure && !settings.restricted) return unrestricted;
  const access = new AllowList(settings.pure);
  for (const { path } of [...settings.searchPath, ...settings.builtinPath]) {
    if (!isPseudoUrl(path)) access.allow(resolve(session.cwd, path));
  }
  return access;
}
