/** Fetches outputs from binary caches: the questions of a plan, and its downloads. */
import type { Sink } from '../base/events.ts';
import type { StorePath } from '../formats/index.ts';
import { Downloader, type LocalStore, type Offer, type Substituters } from '../store/index.ts';
import type { OfferSource } from './offers.ts';

export class CacheSubstituter implements OfferSource {
  readonly #store: LocalStore;
  readonly #substituters: Substituters;
  readonly #sink: Sink;
  readonly #signal: AbortSignal | undefined;
  #downloader: Downloader | undefined;

  constructor(store: LocalStore, substituters: Substituters, sink: Sink, signal: AbortSignal | undefined) {
    this.#store = store;
    this.#substituters = substituters;
    this.#sink = sink;
    this.#signal = signal;
  }

  async query(paths: readonly StorePath[]) {
    return this.#substituters.plan(this.#store, paths);
  }

  realisation(drvPath: StorePath, outputName: string): Promise<StorePath | undefined> {
    return this.#substituters.realisation(drvPath, outputName);
  }

  /** Returns what did not become valid, with the reason. What another call is fetching is waited for. */
  fetch(offers: readonly Offer[]): Promise<ReadonlyMap<StorePath, unknown>> {
    this.#downloader ??= new Downloader(this.#store, this.#substituters, { sink: this.#sink, signal: this.#signal });
    return this.#downloader.fetch(offers);
  }

  close(): void {
    this.#downloader?.close();
    this.#downloader = undefined;
  }
}
