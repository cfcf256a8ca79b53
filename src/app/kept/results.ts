/**
 * Results of evaluations, kept with all that they came from. A result is found by what was asked for and returned when
 * nothing that was read for it has changed since; it is never out of date, so it needs no rule for when to forget it.
 *
 * A file holds one result as JSON: whoever wants to reuse parts of one (a file's import, a derivation) finds there
 * which reads it came from, and can record finer grains in the same form.
 */
import { join } from 'node:path';
import type { Event, Sink } from '../../base/events.ts';
import { shortHash } from '../../base/short-hash.ts';
import { buildOfProgram, CacheFolder, cacheHome } from '../cache-folder.ts';
import { hostSettings } from '../host-settings.ts';
import type { Session } from '../session.ts';
import { ReadLog, type Reads, recheck } from './reads.ts';

/** Changes with the form of the files. */
const form = 1;
const limits = { mostBytes: 256 * 1024 * 1024, pruneEvery: 64 };
/** Larger ones are not kept (bytes). */
const largest = 32 * 1024 * 1024;

interface Kept {
  /** All that was asked for, as text: names of files are too short to tell every two requests apart. */
  readonly request: string;
  readonly reads: Reads;
  /** What the evaluation had to say: traces and warnings. */
  readonly said: readonly Event[];
  readonly result: unknown;
}

export class Results<T> {
  readonly log = new ReadLog();
  readonly #folder: CacheFolder;
  readonly #request: string;
  readonly #key: string;
  readonly #session: Session;
  readonly #said: Event[] = [];

  constructor(session: Session, folder: CacheFolder, request: string) {
    this.#session = session;
    this.#folder = folder;
    this.#request = request;
    this.#key = shortHash(request);
  }

  /** The result of the last time, when a new evaluation would have it again. What is observed is evaluated anew. */
  find(): { readonly result: T; readonly said: readonly Event[] } | undefined {
    const found = this.#find();
    const { observation } = this.#session;
    if (observation === undefined) return found;
    observation.results[found === undefined ? 'misses' : 'hits']++;
    return undefined;
  }

  #find(): { readonly result: T; readonly said: readonly Event[] } | undefined {
    const bytes = this.#folder.load(this.#key);
    if (bytes === undefined) return undefined;
    const kept = parsed(bytes);
    if (kept === undefined || kept.request !== this.#request) return undefined;
    const reads = recheck(kept.reads, this.#session.env);
    if (reads === undefined) return undefined;
    if (reads !== kept.reads) this.#save({ ...kept, reads });
    return { result: kept.result as T, said: kept.said };
  }

  /** A sink that notes what the evaluation says, and passes it on. */
  get sink(): Sink {
    return {
      emit: (event) => {
        this.#said.push(event);
        this.#session.sink.emit(event);
      },
    };
  }

  /** Keeps a result of an evaluation that was given `log` and `sink`, for the next time. */
  keep(result: T): void {
    const { reads } = this.log;
    if (reads !== undefined) this.#save({ request: this.#request, reads, said: this.#said, result });
  }

  #save(kept: Kept): void {
    const bytes = Buffer.from(JSON.stringify(kept));
    if (bytes.length <= largest) this.#folder.save(this.#key, bytes);
  }
}

/** For an evaluation that `request` tells apart from all others of these settings; undefined where nothing is kept. */
export function resultsOf<T>(session: Session, request: readonly unknown[]): Results<T> | undefined {
  const home = cacheHome(session.env);
  const build = session.build ?? buildOfProgram();
  if (home === undefined || build === undefined || !session.settings['eval-cache']) return undefined;
  const { cwd, location, settings } = session;
  const host = hostSettings(session);
  const all = [form, build, cwd, location, host, settings['allowed-uris'], request];
  const text = JSON.stringify(all, (_, value: unknown) => (value instanceof Set ? [...value] : value));
  return new Results<T>(session, new CacheFolder(join(home, 'results'), limits), text);
}

/** Undefined for what was cut short by a full disk. */
function parsed(bytes: Buffer): Kept | undefined {
  try {
    return JSON.parse(bytes.toString()) as Kept;
  } catch {
    return undefined;
  }
}
