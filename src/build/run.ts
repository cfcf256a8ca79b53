/** One plan, worked through: each derivation of it is built, fetched, or found to be another one that is known. */
import { reachable } from '../base/graph.ts';
import { type Derivation, needsResolution, outputPath, resolveDerivation, type StorePath } from '../formats/index.ts';
import { type LocalStore, type Offer, type Realisation, StoreError } from '../store/index.ts';
import { type Built, buildDerivation } from './build-goal.ts';
import type { BuildContext, BuildTarget } from './context.ts';
import { BuildError, failureOf } from './errors.ts';
import { findOffers } from './offers.ts';
import { type BuildPlan, type PlanNode, planBuild, type Wanted } from './plan.ts';
import { Progress } from './progress.ts';
import { type NodeResult, Scheduler } from './scheduler.ts';
import type { FinalState } from './states.ts';

export class Run {
  readonly #context: BuildContext;
  readonly #plan: BuildPlan;
  readonly #roots: ReadonlySet<StorePath>;
  readonly #outputs = new Map<StorePath, ReadonlyMap<string, StorePath>>();
  /** By derivation that is built: several may resolve to the same one. */
  readonly #builds = new Map<StorePath, Promise<Built>>();

  constructor(context: BuildContext, plan: BuildPlan, wanted: readonly Wanted[]) {
    this.#context = context;
    this.#plan = plan;
    this.#roots = new Set(wanted.map(({ drvPath }) => drvPath));
  }

  /** Resolves when all is done and registered. */
  async finish(onGivingUp: () => void): Promise<ReadonlyMap<StorePath, FinalState>> {
    const { settings, sink, signal } = this.#context;
    const progress = new Progress(sink, this.#plan);
    const scheduler = new Scheduler({
      plan: this.#plan,
      maxJobs: settings.maxJobs,
      goesOnAfter: ({ code }) => settings.keepGoing || (settings.fallback && code === 'build/substitute-failed'),
      signal,
      execute: (node) => this.#execute(node),
      onChange: (drvPath, state) => progress.change(drvPath, state),
      onGivingUp,
    });
    try {
      return await scheduler.run();
    } finally {
      await this.#registered();
    }
  }

  async #registered(): Promise<void> {
    try {
      await this.#context.registry.settled();
    } catch (error) {
      throw failureOf(error, [...this.#roots][0] ?? 'nothing');
    }
  }

  async #execute(node: PlanNode): Promise<NodeResult> {
    try {
      const result = await this.#realise(node);
      this.#outputs.set(node.drvPath, result.outputs);
      return result;
    } catch (error) {
      throw failureOf(error, node.drvPath);
    }
  }

  async #realise(node: PlanNode): Promise<NodeResult> {
    const { drvPath, derivation, status } = node;
    if (status.kind === 'alias') {
      this.#record(drvPath, status.outputs);
      return { outputs: status.outputs, origin: 'resolved' };
    }
    if (status.kind === 'substitute') {
      await this.#fetch(drvPath, downloadsFor(this.#plan, status.outputs.values()));
      if (!hasStaticPaths(this.#context.store, derivation)) this.#record(drvPath, status.outputs);
      return { outputs: status.outputs, origin: 'substituted' };
    }
    const again = this.#context.settings.check && this.#roots.has(drvPath);
    if (!needsResolution(derivation)) {
      const inputs = [...derivation.inputDrvs].flatMap(([input, names]) =>
        names.map((name) => this.#outputOf(input, name)),
      );
      const target = { drvPath, derivation, original: undefined, inputs, again };
      const { outputs, here } = await this.#buildOnce(target);
      return { outputs, origin: here ? 'built' : 'present' };
    }
    const result = await this.#realiseResolved(node, again);
    if (!hasStaticPaths(this.#context.store, derivation)) this.#record(drvPath, result.outputs);
    return result;
  }

  /** All inputs are there now, so the derivation is known in which their paths stand: it may be known already. */
  async #realiseResolved({ drvPath, derivation, needed }: PlanNode, again: boolean): Promise<NodeResult> {
    const { store } = this.#context;
    const resolved = resolveDerivation(store.storeDir, derivation, (input, name) => this.#outputOf(input, name))!;
    // A derivation in the store refers to what is registered.
    if (!resolved.inputSrcs.every((path) => this.#context.registry.isRegistered(path))) await this.#registered();
    const resolvedPath = store.addDerivation(resolved);
    const fetched = again ? undefined : await this.#fetchResolved(resolvedPath, needed);
    if (fetched !== undefined) return { outputs: fetched, origin: 'substituted' };
    const target = { drvPath: resolvedPath, derivation: resolved, original: drvPath, inputs: [], again };
    const { outputs, here } = await this.#buildOnce(target);
    return { outputs, origin: here ? 'built' : 'resolved' };
  }

  /** Fetches outputs that only now have a name to ask for. */
  async #fetchResolved(
    drvPath: StorePath,
    needed: ReadonlySet<string>,
  ): Promise<ReadonlyMap<string, StorePath> | undefined> {
    const { store, settings } = this.#context;
    const source = this.#context.resources.substituter;
    if (source === undefined) return undefined;
    const wanted = [{ drvPath, outputs: [...needed] }];
    const options = { again: false, refused: new Set<StorePath>(), always: settings.alwaysAllowSubstitutes };
    const plan = planBuild(store, wanted, { offers: await findOffers(store, wanted, source, options) });
    const { status } = plan.nodes.get(drvPath)!;
    if (status.kind !== 'substitute') return undefined;
    try {
      await this.#fetch(drvPath, plan.downloads);
    } catch (error) {
      if (error instanceof BuildError && error.code === 'build/substitute-failed' && settings.fallback)
        return undefined;
      throw error;
    }
    if (!hasStaticPaths(store, store.readDerivation(drvPath))) this.#record(drvPath, status.outputs);
    return status.outputs;
  }

  async #fetch(drvPath: StorePath, downloads: readonly Offer[]): Promise<void> {
    if (downloads.length === 0) return;
    const failures = await this.#context.resources.substituter!.fetch(downloads);
    for (const [path, error] of failures) throw substituteFailed(drvPath, path, error);
  }

  #buildOnce(target: BuildTarget): Promise<Built> {
    const running = this.#builds.get(target.drvPath);
    if (running !== undefined) return running.then((built) => ({ ...built, here: false }));
    const build = buildDerivation(this.#context, target);
    this.#builds.set(target.drvPath, build);
    return build;
  }

  /** Notes which paths the outputs of a derivation became, where only its resolved form knows. */
  #record(drvPath: StorePath, outputs: ReadonlyMap<string, StorePath>): void {
    const { registry } = this.#context;
    const realisations: Realisation[] = [];
    for (const [outputName, outPath] of outputs) {
      const known = registry.realisation(drvPath, outputName)?.outPath;
      if (known === undefined || !registry.isValid(known)) realisations.push({ drvPath, outputName, outPath });
    }
    if (realisations.length > 0) registry.add({ infos: [], realisations, locks: [] });
  }

  #outputOf(drvPath: StorePath, name: string): StorePath {
    const status = this.#plan.nodes.get(drvPath)?.status;
    const outputs = status?.kind === 'present' ? status.outputs : this.#outputs.get(drvPath);
    const path = outputs?.get(name);
    if (path !== undefined) return path;
    throw new BuildError('build/unknown-output', `the output '${name}' of '${drvPath}' is needed but was not made`, {
      details: { drvPath, output: name },
    });
  }
}

export function staticOutputs(storeDir: string, derivation: Derivation): StorePath[] {
  return [...derivation.outputs.keys()].flatMap((name) => outputPath(storeDir, derivation, name) ?? []);
}

function downloadsFor({ downloads }: BuildPlan, paths: Iterable<StorePath>): Offer[] {
  const byPath = new Map(downloads.map((offer) => [offer.path, offer]));
  const wanted = reachable(paths, (path) => byPath.get(path)?.info.references ?? []);
  return downloads.filter(({ path }) => wanted.has(path));
}

function hasStaticPaths({ storeDir }: LocalStore, derivation: Derivation): boolean {
  return staticOutputs(storeDir, derivation).length === derivation.outputs.size;
}

/** What a cache did not give, and others did not have either; or, where the fault is ours, that. */
function substituteFailed(drvPath: StorePath, path: StorePath, error: unknown): BuildError {
  if (!(error instanceof StoreError) || error.code !== 'store/not-in-caches') return failureOf(error, drvPath);
  const why = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return new BuildError('build/substitute-failed', `'${path}' could not be fetched from any cache${why}`, {
    hint: 'Try again, or build what cannot be fetched: --fallback.',
    details: { drvPath, path },
    cause: error,
  });
}
