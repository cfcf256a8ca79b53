/** Builds what is wanted: plan, run the plan, and say what came of it. */
import type { Sink } from '../base/events.ts';
import type { StorePath } from '../formats/index.ts';
import type { LocalStore } from '../store/index.ts';
import { type BuildError, cancelled } from './errors.ts';
import { findOffers, type OfferSource } from './offers.ts';
import { type BuildOptions, type Settings, settingsOf } from './options.ts';
import { Registry } from './outputs/registry.ts';
import { type BuildPlan, planBuild, type Wanted } from './plan.ts';
import { Resources } from './resources.ts';
import { Run, staticOutputs } from './run.ts';
import type { FinalState, Origin } from './states.ts';

export interface BuildFailure {
  readonly drvPath: StorePath;
  readonly error: BuildError;
}

export interface BuildResult {
  /** What the run set out to do. */
  readonly plan: BuildPlan;
  /** The outputs that were wanted, of each derivation that could be built. */
  readonly outputs: ReadonlyMap<StorePath, ReadonlyMap<string, StorePath>>;
  /** The derivations that were really built, in the order of the plan. */
  readonly built: readonly StorePath[];
  /** The derivations whose outputs were fetched from caches instead. */
  readonly substituted: readonly StorePath[];
  /** What failed by itself; only with `keepGoing`, otherwise the first failure is thrown. */
  readonly failures: readonly BuildFailure[];
  /** What was left out because of those. */
  readonly skipped: readonly StorePath[];
}

export interface PreparedBuild {
  /** What `run` will do. */
  readonly plan: BuildPlan;
  run(): Promise<BuildResult>;
}

/** @throws BuildError, FormatError, StoreError */
export async function realise(
  store: LocalStore,
  wanted: readonly Wanted[],
  options: BuildOptions,
  sink: Sink,
): Promise<BuildResult> {
  return (await prepareBuild(store, wanted, options, sink)).run();
}

/** Plans a run: what is there, what caches have, what is left to be built. Nothing is built or fetched yet. */
export async function prepareBuild(
  store: LocalStore,
  wanted: readonly Wanted[],
  options: BuildOptions,
  sink: Sink,
): Promise<PreparedBuild> {
  const settings = settingsOf(options);
  if (settings.signal?.aborted) throw cancelled(wanted[0]?.drvPath ?? 'nothing');
  const planning: Planning = { store, wanted, settings, sink };
  const plan = await planWith(planning, new Set());
  return { plan, run: () => runPlan(planning, plan) };
}

interface Planning {
  readonly store: LocalStore;
  readonly wanted: readonly Wanted[];
  readonly settings: Settings;
  readonly sink: Sink;
}

/** @param refused derivations that caches have failed to give */
async function planWith({ store, wanted, settings }: Planning, refused: ReadonlySet<StorePath>): Promise<BuildPlan> {
  const { check: again, alwaysAllowSubstitutes: always, substituters } = settings;
  if (substituters === undefined || substituters.isEmpty) return planBuild(store, wanted, { again });
  const source: OfferSource = {
    query: (paths) => substituters.plan(store, paths),
    realisation: (drvPath, outputName) => substituters.realisation(drvPath, outputName),
  };
  const offers = await findOffers(store, wanted, source, { again, refused, always });
  return planBuild(store, wanted, { again, offers });
}

/** Runs a plan; where caches did not give what they have announced, plans what is left without them, and goes on. */
async function runPlan(planning: Planning, plan: BuildPlan): Promise<BuildResult> {
  const { store, wanted, settings, sink } = planning;
  const resources = new Resources(store, settings, sink);
  const ending = new AbortController();
  const end = (): void => ending.abort();
  settings.signal?.addEventListener('abort', end);
  const registry = new Registry(store);
  const context = { store, registry, settings, resources, sink, signal: ending.signal };
  const refused = new Set<StorePath>();
  const before: RoundResult[] = [];
  try {
    for (let current = plan; ; current = await planWith(planning, refused)) {
      keepAlive(store, current);
      const states = await new Run(context, current, wanted).finish(end);
      const lost = settings.fallback && !ending.signal.aborted ? notFetched(states) : [];
      before.push({ plan: current, states });
      if (lost.length === 0) return resultOf(before, wanted, settings);
      tellFallback(sink, lost);
      for (const drvPath of lost) refused.add(drvPath);
    }
  } finally {
    settings.signal?.removeEventListener('abort', end);
    await resources.close();
  }
}

function notFetched(states: ReadonlyMap<StorePath, FinalState>): StorePath[] {
  return [...states].flatMap(([drvPath, state]) =>
    state.kind === 'failed' && state.error.code === 'build/substitute-failed' ? [drvPath] : [],
  );
}

function tellFallback(sink: Sink, lost: readonly StorePath[]): void {
  const what = lost.length === 1 ? `'${lost[0]}' is` : `${lost.length} derivations are`;
  sink.emit({
    type: 'message',
    level: 'warn',
    text: `${what} built: the caches did not give what they have announced`,
  });
}

/** No collection may take what the run needs, or will make, while it goes on: all of it at once, since each costs. */
function keepAlive(store: LocalStore, plan: BuildPlan): void {
  const paths: StorePath[] = [];
  for (const { drvPath, derivation, status } of plan.nodes.values()) {
    paths.push(drvPath);
    if ('outputs' in status) paths.push(...status.outputs.values());
    else paths.push(...derivation.inputSrcs, ...staticOutputs(store.storeDir, derivation));
  }
  for (const { path } of plan.downloads) paths.push(path);
  store.addTempRoots(paths);
}

interface RoundResult {
  readonly plan: BuildPlan;
  readonly states: ReadonlyMap<StorePath, FinalState>;
}

/** The rounds as one: what failed, and what there is, the last one tells. */
function resultOf(rounds: readonly RoundResult[], wanted: readonly Wanted[], settings: Settings): BuildResult {
  const { plan, states } = rounds.at(-1)!;
  const failures: BuildFailure[] = [];
  const skipped: StorePath[] = [];
  for (const [drvPath, state] of states) {
    if (state.kind === 'failed') failures.push({ drvPath, error: state.error });
    else if (state.kind === 'skipped') skipped.push(drvPath);
  }
  if (settings.signal?.aborted) throw cancelled(failures[0]?.drvPath ?? skipped[0] ?? wanted[0]!.drvPath);
  // What was ended because of the first failure is no failure of its own.
  const genuine = failures.filter(({ error }) => error.code !== 'build/cancelled');
  if (!settings.keepGoing && genuine.length > 0) throw genuine[0]!.error;
  const origin = (wantedOrigin: Origin): StorePath[] =>
    rounds.flatMap((round) =>
      [...round.states].flatMap(([drvPath, state]) =>
        state.kind === 'done' && state.origin === wantedOrigin ? [drvPath] : [],
      ),
    );
  return {
    plan: rounds[0]!.plan,
    outputs: wantedOutputs(plan, wanted, states),
    built: origin('built'),
    substituted: origin('substituted'),
    failures: genuine,
    skipped,
  };
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
