/**
 * What caches have of what is wanted: asked before the plan, in waves from the roots on, so that nothing is asked
 * about what only a derivation needs whose own outputs can be fetched.
 */
import { topologicalOrder } from '../base/graph.ts';
import { type Derivation, outputPath, type StorePath, structuredAttributes } from '../formats/index.ts';
import type { Offer } from '../store/index.ts';
import { knownOutputs, type Offers, type PlanView, type Wanted } from './plan.ts';

/** The questions that are asked of caches: `CacheSubstituter` answers them from real ones. */
export interface OfferSource {
  /** Of these paths, those that can be fetched with all that they need, and what that is, references first. */
  query(paths: readonly StorePath[]): Promise<{ available: ReadonlySet<StorePath>; offers: readonly Offer[] }>;
  /** Which path an output became, as far as somebody trusted says so. */
  realisation(drvPath: StorePath, outputName: string): Promise<StorePath | undefined>;
}

export interface OfferOptions {
  /** The wanted derivations themselves are built, whatever caches have. */
  readonly again: boolean;
  /** Derivations that are not to be fetched: caches have failed to give them. */
  readonly refused: ReadonlySet<StorePath>;
  /** Fetch even what says that it would rather be built: `allowSubstitutes`. */
  readonly always: boolean;
}

/** @throws what `view.readDerivation` throws */
export async function findOffers(
  view: PlanView,
  wanted: Iterable<Wanted>,
  source: OfferSource,
  options: OfferOptions,
): Promise<Offers> {
  return new Search(view, source, options).run(wanted);
}

/** One derivation that is asked about. */
interface Question {
  readonly drvPath: StorePath;
  readonly derivation: Derivation;
  readonly names: ReadonlySet<string>;
}

class Search {
  readonly #view: PlanView;
  readonly #source: OfferSource;
  readonly #options: OfferOptions;
  /** By derivation: which outputs were asked for, and where those are that can be fetched. */
  readonly #asked = new Map<StorePath, Set<string>>();
  readonly #found = new FoundOffers();
  /** Built although they are there, or could be fetched. */
  readonly #again = new Set<StorePath>();

  constructor(view: PlanView, source: OfferSource, options: OfferOptions) {
    this.#view = view;
    this.#source = source;
    this.#options = options;
  }

  async run(wanted: Iterable<Wanted>): Promise<Offers> {
    const first: [StorePath, readonly string[]][] = [];
    for (const { drvPath, outputs } of wanted) {
      if (this.#options.again) this.#again.add(drvPath);
      first.push([drvPath, outputs === 'all' ? [...this.#view.readDerivation(drvPath).outputs.keys()] : outputs]);
    }
    for (let wave = this.#questions(first); wave.length > 0; ) {
      const left = await this.#ask(wave);
      wave = this.#questions(left.flatMap(({ derivation }) => [...derivation.inputDrvs]));
    }
    return this.#found;
  }

  /** What was not asked yet, by derivation, and is not there. */
  #questions(outputs: Iterable<readonly [StorePath, readonly string[]]>): Question[] {
    const grown = new Set<StorePath>();
    for (const [drvPath, names] of outputs) {
      const asked = this.#asked.get(drvPath) ?? new Set();
      for (const name of names) {
        if (asked.has(name)) continue;
        asked.add(name);
        grown.add(drvPath);
      }
      this.#asked.set(drvPath, asked);
    }
    return [...grown].flatMap((drvPath) => {
      const derivation = this.#view.readDerivation(drvPath);
      const names = this.#asked.get(drvPath)!;
      const isWanted = this.#again.has(drvPath) || knownOutputs(this.#view, drvPath, derivation, names) === undefined;
      return isWanted ? [{ drvPath, derivation, names }] : [];
    });
  }

  /** Asks; returns what has to be built. */
  async #ask(wave: readonly Question[]): Promise<Question[]> {
    const paths = await Promise.all(
      wave.map((question) => (this.#mayBeFetched(question) ? this.#pathsOf(question) : undefined)),
    );
    const asked = paths.flatMap((outputs) => (outputs === undefined ? [] : [...outputs.values()]));
    const { available, offers } = asked.length === 0 ? nothing : await this.#source.query([...new Set(asked)]);
    this.#found.add(offers);
    return wave.filter(({ drvPath }, index) => {
      const outputs = paths[index];
      if (outputs === undefined || ![...outputs.values()].every((path) => available.has(path))) return true;
      this.#found.addOutputs(drvPath, outputs);
      return false;
    });
  }

  #mayBeFetched({ drvPath, derivation }: Question): boolean {
    const { refused, always } = this.#options;
    if (this.#again.has(drvPath) || refused.has(drvPath)) return false;
    return always || substitutesAllowed(derivation);
  }

  /** Where the outputs would be; undefined when nobody knows it of all of them. */
  async #pathsOf({ drvPath, derivation, names }: Question): Promise<Map<string, StorePath> | undefined> {
    const found = await Promise.all(
      [...names].map(async (name): Promise<[string, StorePath | undefined]> => {
        const known = outputPath(this.#view.storeDir, derivation, name);
        const local = known ?? this.#view.realisation(drvPath, name)?.outPath;
        return [name, local ?? (await this.#source.realisation(drvPath, name))];
      }),
    );
    const outputs = new Map<string, StorePath>();
    for (const [name, path] of found) {
      if (path === undefined) return undefined;
      outputs.set(name, path);
    }
    return outputs;
  }
}

const nothing = { available: new Set<StorePath>(), offers: [] };

class FoundOffers implements Offers {
  readonly #offers = new Map<StorePath, Offer>();
  readonly #outputs = new Map<StorePath, ReadonlyMap<string, StorePath>>();

  add(offers: Iterable<Offer>): void {
    for (const offer of offers) this.#offers.set(offer.path, offer);
  }

  addOutputs(drvPath: StorePath, outputs: ReadonlyMap<string, StorePath>): void {
    this.#outputs.set(drvPath, outputs);
  }

  outputsOf(drvPath: StorePath, names: Iterable<string>): ReadonlyMap<string, StorePath> | undefined {
    const known = this.#outputs.get(drvPath);
    if (known === undefined) return undefined;
    const outputs = new Map<string, StorePath>();
    for (const name of names) {
      const path = known.get(name);
      if (path === undefined) return undefined;
      outputs.set(name, path);
    }
    return outputs;
  }

  downloadsFor(paths: Iterable<StorePath>): Offer[] {
    const references = (path: StorePath): StorePath[] =>
      this.#offers.get(path)?.info.references.filter((other) => other !== path) ?? [];
    return topologicalOrder(paths, references).flatMap((path) => this.#offers.get(path) ?? []);
  }
}

/** Whether a derivation lets its outputs be fetched instead of built: `allowSubstitutes`, true unless it says no. */
export function substitutesAllowed(derivation: Derivation): boolean {
  const text = derivation.env.get('allowSubstitutes');
  if (text !== undefined) return text === '1';
  if (!derivation.env.has('__json')) return true;
  return structuredAttributes(derivation)?.get('allowSubstitutes') !== false;
}
