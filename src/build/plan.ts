/**
 * What a run will do, before it does anything. Pure: it reads through a `PlanView` and changes nothing; what
 * `--dry-run` prints is the very object that the scheduler works through.
 */
import { reachable, topologicalOrder } from '../base/graph.ts';
import {
  type Derivation,
  derivationKind,
  derivationPath,
  needsResolution,
  outputPath,
  resolveDerivation,
  type StorePath,
  unknownOutput,
} from '../formats/index.ts';
import type { Offer, Realisation } from '../store/index.ts';

/** The questions that a plan asks of a store. */
export interface PlanView {
  readonly storeDir: string;
  isValid(path: StorePath): boolean;
  readDerivation(drvPath: StorePath): Derivation;
  realisation(drvPath: StorePath, outputName: string): Realisation | undefined;
}

/** What caches have, as far as it was asked for: see `findOffers`. */
export interface Offers {
  /** Where these outputs of a derivation will be once they are fetched; undefined when not all of them can be. */
  outputsOf(drvPath: StorePath, names: Iterable<string>): ReadonlyMap<string, StorePath> | undefined;
  /** What has to be fetched for these paths to become valid, each after what it refers to. */
  downloadsFor(paths: Iterable<StorePath>): Offer[];
}

export interface PlanOptions {
  /** Build the wanted derivations themselves even where they are there, to compare. */
  readonly again?: boolean;
  readonly offers?: Offers | undefined;
}

export interface Wanted {
  readonly drvPath: StorePath;
  readonly outputs: readonly string[] | 'all';
}

export type PlanStatus =
  /** All that is needed of it is there. */
  | { readonly kind: 'present'; readonly outputs: ReadonlyMap<string, StorePath> }
  /** Not recorded itself, but its resolved form is, with these outputs. */
  | { readonly kind: 'alias'; readonly of: StorePath; readonly outputs: ReadonlyMap<string, StorePath> }
  /** Not there, but all that is needed of it is in caches. */
  | { readonly kind: 'substitute'; readonly outputs: ReadonlyMap<string, StorePath> }
  | { readonly kind: 'build' }
  /** Depends on content that is not known yet: with luck its resolved form was built before. */
  | { readonly kind: 'perhaps' };

export interface PlanNode {
  readonly drvPath: StorePath;
  readonly derivation: Derivation;
  readonly needed: ReadonlySet<string>;
  readonly status: PlanStatus;
  /** The input derivations that have to be there first: none for what is present, or fetched. */
  readonly inputs: readonly StorePath[];
}

export interface BuildPlan {
  /** Each after all that it depends on. */
  readonly nodes: ReadonlyMap<StorePath, PlanNode>;
  readonly present: readonly StorePath[];
  readonly willBuild: readonly StorePath[];
  readonly willSubstitute: readonly StorePath[];
  readonly perhaps: readonly StorePath[];
  /** The paths that `willSubstitute` needs, each after what it refers to. */
  readonly downloads: readonly Offer[];
}

/**
 * @throws FormatError `formats/derivation-unknown-output`, and what `readDerivation` throws
 */
export function planBuild(view: PlanView, wanted: Iterable<Wanted>, options: PlanOptions = {}): BuildPlan {
  const { again = false, offers } = options;
  const planner = new Planner(view, offers);
  const roots = new Set<StorePath>();
  for (const { drvPath, outputs } of wanted) {
    const derivation = planner.derivationOf(drvPath);
    roots.add(drvPath);
    planner.need(drvPath, outputs === 'all' ? [...derivation.outputs.keys()] : outputs, again);
  }
  return planner.plan(roots);
}

type Outputs = ReadonlyMap<string, StorePath>;

interface Draft {
  readonly derivation: Derivation;
  readonly needed: Set<string>;
  /** Where the needed outputs are; undefined when one of them is not there, or is to be built again. */
  present: Outputs | undefined;
  /** Where they will be when they are fetched; undefined when one of them cannot be. */
  offered: Outputs | undefined;
  again: boolean;
}

class Planner {
  readonly #view: PlanView;
  readonly #offers: Offers | undefined;
  readonly #drafts = new Map<StorePath, Draft>();
  readonly #derivations = new Map<StorePath, Derivation>();

  constructor(view: PlanView, offers: Offers | undefined) {
    this.#view = view;
    this.#offers = offers;
  }

  derivationOf(drvPath: StorePath): Derivation {
    let derivation = this.#derivations.get(drvPath);
    if (derivation === undefined) {
      derivation = this.#view.readDerivation(drvPath);
      this.#derivations.set(drvPath, derivation);
    }
    return derivation;
  }

  /** Marks outputs as needed, and with them, where they are not there, those of the inputs. */
  need(drvPath: StorePath, outputs: readonly string[], again: boolean): void {
    const left: { drvPath: StorePath; outputs: readonly string[]; again: boolean }[] = [{ drvPath, outputs, again }];
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const draft = this.#draftOf(next.drvPath);
      const wasCovered = isCovered(draft) || draft.needed.size === 0;
      draft.again ||= next.again;
      for (const name of next.outputs) draft.needed.add(checkedOutput(draft.derivation, name));
      this.#cover(next.drvPath, draft);
      if (!wasCovered || isCovered(draft)) continue;
      for (const [input, names] of draft.derivation.inputDrvs) {
        left.push({ drvPath: input, outputs: names, again: false });
      }
    }
  }

  plan(roots: Iterable<StorePath>): BuildPlan {
    const inputsOf = (drvPath: StorePath): StorePath[] => {
      const draft = this.#drafts.get(drvPath)!;
      return isCovered(draft) ? [] : [...draft.derivation.inputDrvs.keys()];
    };
    const nodes = new Map<StorePath, PlanNode>();
    for (const drvPath of topologicalOrder(roots, inputsOf)) {
      const { derivation, needed } = this.#drafts.get(drvPath)!;
      const status = this.#statusOf(drvPath, nodes);
      nodes.set(drvPath, { drvPath, derivation, needed, status, inputs: isThere(status) ? [] : inputsOf(drvPath) });
    }
    return summary(roots, nodes, this.#offers);
  }

  #draftOf(drvPath: StorePath): Draft {
    let draft = this.#drafts.get(drvPath);
    if (draft === undefined) {
      const derivation = this.derivationOf(drvPath);
      draft = { derivation, needed: new Set(), present: undefined, offered: undefined, again: false };
      this.#drafts.set(drvPath, draft);
    }
    return draft;
  }

  #cover(drvPath: StorePath, draft: Draft): void {
    draft.present = draft.again ? undefined : knownOutputs(this.#view, drvPath, draft.derivation, draft.needed);
    const fetched = draft.again || draft.present !== undefined ? undefined : this.#offers;
    draft.offered = fetched?.outputsOf(drvPath, draft.needed);
  }

  #statusOf(drvPath: StorePath, before: ReadonlyMap<StorePath, PlanNode>): PlanStatus {
    const draft = this.#drafts.get(drvPath)!;
    if (draft.present !== undefined) return { kind: 'present', outputs: draft.present };
    if (draft.offered !== undefined) return { kind: 'substitute', outputs: draft.offered };
    if (draft.again || !needsResolution(draft.derivation)) return { kind: 'build' };
    const inputs = [...draft.derivation.inputDrvs.keys()].map((input) => before.get(input)!);
    if (inputs.some(hasOpenPaths)) return { kind: 'perhaps' };
    return this.#aliasOf(draft, before) ?? { kind: 'build' };
  }

  /** All inputs' paths are known: so is the resolved derivation, which may have been built before. */
  #aliasOf(draft: Draft, before: ReadonlyMap<StorePath, PlanNode>): PlanStatus | undefined {
    const resolved = resolveDerivation(this.#view.storeDir, draft.derivation, (input, name) => {
      const status = before.get(input)!.status;
      if (isThere(status)) return status.outputs.get(name);
      return outputPath(this.#view.storeDir, this.derivationOf(input), name);
    });
    if (resolved === undefined) return undefined;
    const of = derivationPath(this.#view.storeDir, resolved);
    const outputs = knownOutputs(this.#view, of, resolved, draft.needed);
    return outputs === undefined ? undefined : { kind: 'alias', of, outputs };
  }
}

/** The plan without what was looked at only to find that a resolved derivation is known. */
function summary(
  roots: Iterable<StorePath>,
  all: ReadonlyMap<StorePath, PlanNode>,
  offers: Offers | undefined,
): BuildPlan {
  const wanted = reachable(roots, (drvPath) => all.get(drvPath)!.inputs);
  const nodes = new Map([...all].filter(([drvPath]) => wanted.has(drvPath)));
  const of = (...kinds: PlanStatus['kind'][]): StorePath[] =>
    [...nodes.values()].filter((node) => kinds.includes(node.status.kind)).map((node) => node.drvPath);
  const willSubstitute = of('substitute');
  const fetched = willSubstitute.flatMap((drvPath) => outputPathsOf(nodes.get(drvPath)!));
  const downloads = fetched.length === 0 ? [] : offers!.downloadsFor(fetched);
  return {
    nodes,
    present: of('present', 'alias'),
    willBuild: of('build'),
    willSubstitute,
    perhaps: of('perhaps'),
    downloads,
  };
}

/** The paths that a node's needed outputs are, or will be, as far as the plan knows them. */
export function outputPathsOf({ status }: PlanNode): StorePath[] {
  return 'outputs' in status ? [...status.outputs.values()] : [];
}

function isCovered({ present, offered }: Draft): boolean {
  return present !== undefined || offered !== undefined;
}

/** Whether its outputs' paths are known beforehand. */
function isThere(status: PlanStatus): status is Extract<PlanStatus, { outputs: Outputs }> {
  return 'outputs' in status;
}

/** Whether a node's output paths will be known only after it was built. */
function hasOpenPaths({ status, derivation }: PlanNode): boolean {
  if (isThere(status)) return false;
  const kind = derivationKind(derivation);
  return kind === 'floating' || kind === 'deferred' || kind === 'impure';
}

/** Where these outputs of a derivation are, when all of them are there. */
export function knownOutputs(
  view: PlanView,
  drvPath: StorePath,
  derivation: Derivation,
  names: Iterable<string>,
): Map<string, StorePath> | undefined {
  const outputs = new Map<string, StorePath>();
  for (const name of names) {
    const path =
      outputPath(view.storeDir, derivation, name) ??
      (derivationKind(derivation) === 'impure' ? undefined : view.realisation(drvPath, name)?.outPath);
    if (path === undefined || !view.isValid(path)) return undefined;
    outputs.set(name, path);
  }
  return outputs;
}

function checkedOutput(derivation: Derivation, name: string): string {
  if (!derivation.outputs.has(name)) throw unknownOutput(derivation.name, name);
  return name;
}
