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
import type { Realisation } from '../store/index.ts';

/** The questions that a plan asks of a store. */
export interface PlanView {
  readonly storeDir: string;
  isValid(path: StorePath): boolean;
  readDerivation(drvPath: StorePath): Derivation;
  realisation(drvPath: StorePath, outputName: string): Realisation | undefined;
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
  | { readonly kind: 'build' }
  /** Depends on content that is not known yet: with luck its resolved form was built before. */
  | { readonly kind: 'perhaps' };

export interface PlanNode {
  readonly drvPath: StorePath;
  readonly derivation: Derivation;
  readonly needed: ReadonlySet<string>;
  readonly status: PlanStatus;
  /** The input derivations that have to be there first: none for what is present. */
  readonly inputs: readonly StorePath[];
}

export interface BuildPlan {
  /** Each after all that it depends on. */
  readonly nodes: ReadonlyMap<StorePath, PlanNode>;
  readonly present: readonly StorePath[];
  readonly willBuild: readonly StorePath[];
  readonly perhaps: readonly StorePath[];
}

/**
 * @param again build the wanted derivations themselves even where they are there, to compare
 * @throws FormatError `formats/derivation-unknown-output`, and what `readDerivation` throws
 */
export function planBuild(view: PlanView, wanted: Iterable<Wanted>, again = false): BuildPlan {
  const planner = new Planner(view);
  const roots = new Set<StorePath>();
  for (const { drvPath, outputs } of wanted) {
    const derivation = planner.derivationOf(drvPath);
    roots.add(drvPath);
    planner.need(drvPath, outputs === 'all' ? [...derivation.outputs.keys()] : outputs, again);
  }
  return planner.plan(roots);
}

interface Draft {
  readonly derivation: Derivation;
  readonly needed: Set<string>;
  /** Where the needed outputs are; undefined when one of them is not there, or is to be built again. */
  present: Map<string, StorePath> | undefined;
  again: boolean;
}

class Planner {
  readonly #view: PlanView;
  readonly #drafts = new Map<StorePath, Draft>();
  readonly #derivations = new Map<StorePath, Derivation>();

  constructor(view: PlanView) {
    this.#view = view;
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
      const wasThere = draft.present !== undefined || draft.needed.size === 0;
      draft.again ||= next.again;
      for (const name of next.outputs) draft.needed.add(checkedOutput(draft.derivation, name));
      draft.present = draft.again ? undefined : this.#presentOutputs(next.drvPath, draft);
      if (!wasThere || draft.present !== undefined) continue;
      for (const [input, names] of draft.derivation.inputDrvs) {
        left.push({ drvPath: input, outputs: names, again: false });
      }
    }
  }

  plan(roots: Iterable<StorePath>): BuildPlan {
    const inputsOf = (drvPath: StorePath): StorePath[] => {
      const draft = this.#drafts.get(drvPath)!;
      return draft.present === undefined ? [...draft.derivation.inputDrvs.keys()] : [];
    };
    const nodes = new Map<StorePath, PlanNode>();
    for (const drvPath of topologicalOrder(roots, inputsOf)) {
      const { derivation, needed } = this.#drafts.get(drvPath)!;
      const status = this.#statusOf(drvPath, nodes);
      nodes.set(drvPath, { drvPath, derivation, needed, status, inputs: isThere(status) ? [] : inputsOf(drvPath) });
    }
    return summary(roots, nodes);
  }

  #draftOf(drvPath: StorePath): Draft {
    let draft = this.#drafts.get(drvPath);
    if (draft === undefined) {
      draft = { derivation: this.derivationOf(drvPath), needed: new Set(), present: undefined, again: false };
      this.#drafts.set(drvPath, draft);
    }
    return draft;
  }

  #presentOutputs(drvPath: StorePath, draft: Draft): Map<string, StorePath> | undefined {
    return knownOutputs(this.#view, drvPath, draft.derivation, draft.needed);
  }

  #statusOf(drvPath: StorePath, before: ReadonlyMap<StorePath, PlanNode>): PlanStatus {
    const draft = this.#drafts.get(drvPath)!;
    if (draft.present !== undefined) return { kind: 'present', outputs: draft.present };
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
function summary(roots: Iterable<StorePath>, all: ReadonlyMap<StorePath, PlanNode>): BuildPlan {
  const wanted = reachable(roots, (drvPath) => all.get(drvPath)!.inputs);
  const nodes = new Map([...all].filter(([drvPath]) => wanted.has(drvPath)));
  const of = (...kinds: PlanStatus['kind'][]): StorePath[] =>
    [...nodes.values()].filter((node) => kinds.includes(node.status.kind)).map((node) => node.drvPath);
  return { nodes, present: of('present', 'alias'), willBuild: of('build'), perhaps: of('perhaps') };
}

function isThere(status: PlanStatus): status is Extract<PlanStatus, { kind: 'present' | 'alias' }> {
  return status.kind === 'present' || status.kind === 'alias';
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
