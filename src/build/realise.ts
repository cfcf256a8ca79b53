/** Builds what is wanted: plan, run the plan, and say what came of it. */
import type { Sink } from '../base/events.ts';
import { type Derivation, needsResolution, outputPath, resolveDerivation, type StorePath } from '../formats/index.ts';
import type { LocalStore, Realisation } from '../store/index.ts';
import { type Built, buildDerivation } from './build-goal.ts';
import type { BuildContext, BuildTarget } from './context.ts';
import { BuildError, cancelled, failureOf } from './errors.ts';
import { type BuildOptions, settingsOf } from './options.ts';
import { type BuildPlan, type PlanNode, planBuild, type Wanted } from './plan.ts';
import { Progress } from './progress.ts';
import { Resources } from './resources.ts';
import { type NodeResult, Scheduler } from './scheduler.ts';
import type { FinalState } from './states.ts';

export interface BuildFailure {
  readonly drvPath: StorePath;
  readonly error: BuildError;
}

export interface BuildResult {
  /** The outputs that were wanted, of each derivation that could be built. */
  readonly outputs: ReadonlyMap<StorePath, ReadonlyMap<string, StorePath>>;
  /** The derivations that were really built, in the order of the plan. */
  readonly built: readonly StorePath[];
  /** What failed by itself; only with `keepGoing`, otherwise the first failure is thrown. */
  readonly failures: readonly BuildFailure[];
  /** What was left out because of those. */
  readonly skipped: readonly StorePath[];
}

/** @throws BuildError, FormatError, StoreError */
export async function realise(
  store: LocalStore,
  wanted: readonly Wanted[],
  options: BuildOptions,
  sink: Sink,
): Promise<BuildResult> {
  const settings = settingsOf(options);
  if (settings.signal?.aborted) throw cancelled(wanted[0]?.drvPath ?? 'nothing');
  const plan = planBuild(store, wanted, settings.check);
  keepAlive(store, plan);
  const resources = new Resources(store, settings);
  const ending = new AbortController();
  const end = (): void => ending.abort();
  settings.signal?.addEventListener('abort', end);
  try {
    const run = new Run({ store, settings, resources, sink, signal: ending.signal }, plan, wanted);
    const states = await run.finish(() => ending.abort());
    return resultOf(plan, wanted, states, settings.keepGoing, settings.signal);
  } finally {
    settings.signal?.removeEventListener('abort', end);
    resources.close();
  }
}

/** No collection may take what the run needs, or will make, while it goes on: all of it at once, since each costs. */
function keepAlive(store: LocalStore, plan: BuildPlan): void {
  const paths: StorePath[] = [];
  for (const { drvPath, derivation, status } of plan.nodes.values()) {
    paths.push(drvPath);
    if (status.kind === 'present' || status.kind === 'alias') paths.push(...status.outputs.values());
    else paths.push(...derivation.inputSrcs, ...staticOutputs(store.storeDir, derivation));
  }
  store.addTempRoots(paths);
}

function staticOutputs(storeDir: string, derivation: Derivation): StorePath[] {
  return [...derivation.outputs.keys()].flatMap((name) => outputPath(storeDir, derivation, name) ?? []);
}

class Run {
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

  finish(onGivingUp: () => void): Promise<ReadonlyMap<StorePath, FinalState>> {
    const { settings, sink, signal } = this.#context;
    const progress = new Progress(sink, this.#plan);
    return new Scheduler({
      plan: this.#plan,
      maxJobs: settings.maxJobs,
      keepGoing: settings.keepGoing,
      signal,
      execute: (node) => this.#execute(node),
      onChange: (drvPath, state) => progress.change(drvPath, state),
      onGivingUp,
    }).run();
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
    const again = this.#context.settings.check && this.#roots.has(drvPath);
    if (!needsResolution(derivation)) {
      const inputs = [...derivation.inputDrvs].flatMap(([input, names]) =>
        names.map((name) => this.#outputOf(input, name)),
      );
      const target = { drvPath, derivation, original: undefined, inputs, again };
      const { outputs, here } = await this.#buildOnce(target);
      return { outputs, origin: here ? 'built' : 'present' };
    }
    const { store } = this.#context;
    const resolved = resolveDerivation(store.storeDir, derivation, (input, name) => this.#outputOf(input, name))!;
    const target = {
      drvPath: store.addDerivation(resolved),
      derivation: resolved,
      original: drvPath,
      inputs: [],
      again,
    };
    const { outputs, here } = await this.#buildOnce(target);
    if (outputPath(store.storeDir, derivation, [...outputs.keys()][0]!) === undefined) this.#record(drvPath, outputs);
    return { outputs, origin: here ? 'built' : 'resolved' };
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
    const { store } = this.#context;
    const records: Realisation[] = [];
    for (const [outputName, outPath] of outputs) {
      const known = store.realisation(drvPath, outputName)?.outPath;
      if (known === undefined || !store.isValid(known)) records.push({ drvPath, outputName, outPath });
    }
    if (records.length > 0) store.registerRealisations(records);
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

function resultOf(
  plan: BuildPlan,
  wanted: readonly Wanted[],
  states: ReadonlyMap<StorePath, FinalState>,
  keepGoing: boolean,
  signal: AbortSignal | undefined,
): BuildResult {
  const failures: BuildFailure[] = [];
  const skipped: StorePath[] = [];
  const built: StorePath[] = [];
  for (const [drvPath, state] of states) {
    if (state.kind === 'failed') failures.push({ drvPath, error: state.error });
    else if (state.kind === 'skipped') skipped.push(drvPath);
    else if (state.origin === 'built') built.push(drvPath);
  }
  if (signal?.aborted) throw cancelled(failures[0]?.drvPath ?? skipped[0] ?? wanted[0]!.drvPath);
  // What was ended because of the first failure is no failure of its own.
  const genuine = failures.filter(({ error }) => error.code !== 'build/cancelled');
  if (!keepGoing && genuine.length > 0) throw genuine[0]!.error;
  return { outputs: wantedOutputs(plan, wanted, states), built, failures: genuine, skipped };
}

function wantedOutputs(
  plan: BuildPlan,
  wanted: readonly Wanted[],
  states: ReadonlyMap<StorePath, FinalState>,
): Map<StorePath, ReadonlyMap<string, StorePath>> {
  const outputs = new Map<StorePath, ReadonlyMap<string, StorePath>>();
  for (const { drvPath } of wanted) {
    const state = states.get(drvPath);
    if (state?.kind !== 'done') continue;
    const { needed } = plan.nodes.get(drvPath)!;
    outputs.set(drvPath, new Map([...state.outputs].filter(([name]) => needed.has(name))));
  }
  return outputs;
}
