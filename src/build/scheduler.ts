/**
 * Works through a plan: starts what has all its inputs, so many builds at once, those first that most others wait
 * for in a row, until everything is in a final state. What is fetched takes no slot of a build: it waits for another
 * machine. Knows nothing of how a derivation is built. Every change of a state goes through `transition`.
 */
import type { StorePath } from '../formats/index.ts';
import { BuildError } from './errors.ts';
import type { BuildPlan, PlanNode } from './plan.ts';
import { ReadyQueue } from './ready-queue.ts';
import {
  type FinalState,
  initialState,
  isFinal,
  type NodeEvent,
  type NodeState,
  type Origin,
  transition,
} from './states.ts';

export interface NodeResult {
  readonly outputs: ReadonlyMap<string, StorePath>;
  readonly origin: Origin;
}

export interface SchedulerOptions {
  readonly plan: BuildPlan;
  readonly maxJobs: number;
  /** Whether what does not depend on a failure is still done. */
  goesOnAfter(error: BuildError): boolean;
  /** Ends the run: nothing more is started, and what runs ends by itself. */
  readonly signal: AbortSignal;
  /** Fails with a `BuildError` alone. */
  execute(node: PlanNode): Promise<NodeResult>;
  /** Called after each change of a state. */
  onChange(drvPath: StorePath, state: NodeState): void;
  /** Called once, at the first failure of a run that does not go on after it: ends what runs. */
  onGivingUp(): void;
}

export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #states = new Map<StorePath, NodeState>();
  readonly #dependents = new Map<StorePath, StorePath[]>();
  /** How many derivations in a row wait for each, at most. */
  readonly #urgency: ReadonlyMap<StorePath, number>;
  readonly #builds = new ReadyQueue<PlanNode>();
  readonly #fetches = new ReadyQueue<PlanNode>();
  #building = 0;
  #fetching = 0;
  #stopped = false;
  #settle: (() => void) | undefined;
  #crash: ((error: unknown) => void) | undefined;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#urgency = urgencies(options.plan);
    for (const node of options.plan.nodes.values()) this.#add(node);
  }

  /** The final state of every node. Rejects only for what is no `BuildError`. */
  run(): Promise<ReadonlyMap<StorePath, FinalState>> {
    const { signal } = this.#options;
    const cancel = (): void => this.#stop();
    return new Promise<void>((resolve, reject) => {
      this.#settle = resolve;
      this.#crash = reject;
      signal.addEventListener('abort', cancel);
      if (signal.aborted) cancel();
      this.#startMore();
    })
      .finally(() => signal.removeEventListener('abort', cancel))
      .then(() => this.#states as Map<StorePath, FinalState>);
  }

  #add(node: PlanNode): void {
    const { status, drvPath } = node;
    if (status.kind === 'present') {
      this.#states.set(drvPath, { kind: 'done', outputs: status.outputs, origin: 'present' });
      return;
    }
    const missing = node.inputs.filter((input) => this.#states.get(input)?.kind !== 'done');
    const state = initialState(missing.length);
    this.#states.set(drvPath, state);
    if (state.kind === 'queued') this.#enqueue(drvPath);
    for (const input of missing) {
      const dependents = this.#dependents.get(input);
      if (dependents === undefined) this.#dependents.set(input, [drvPath]);
      else dependents.push(drvPath);
    }
  }

  #enqueue(drvPath: StorePath): void {
    const node = this.#options.plan.nodes.get(drvPath)!;
    const queue = isFetched(node) ? this.#fetches : this.#builds;
    queue.push(node, this.#urgency.get(drvPath)!);
  }

  #startMore(): void {
    while (!this.#stopped) {
      const node = this.#fetches.shift() ?? (this.#building < this.#options.maxJobs ? this.#builds.shift() : undefined);
      if (node === undefined) break;
      this.#change(node.drvPath, { type: 'start' });
      this.#count(node, 1);
      void this.#work(node);
    }
    if (this.#idle) this.#settle?.();
  }

  #count(node: PlanNode, change: 1 | -1): void {
    if (isFetched(node)) this.#fetching += change;
    else this.#building += change;
  }

  get #idle(): boolean {
    return this.#building === 0 && this.#fetching === 0;
  }

  async #work(node: PlanNode): Promise<void> {
    try {
      const outcome = await this.#options.execute(node).then(
        (result): NodeEvent => ({ type: 'finish', ...result }),
        (error: unknown): NodeEvent => {
          if (error instanceof BuildError) return { type: 'fail', error };
          throw error;
        },
      );
      this.#count(node, -1);
      this.#change(node.drvPath, outcome);
      if (outcome.type === 'fail') this.#giveUpAfter(node.drvPath, outcome.error);
      this.#startMore();
    } catch (error) {
      this.#options.onGivingUp();
      this.#crash?.(error);
    }
  }

  #giveUpAfter(drvPath: StorePath, error: BuildError): void {
    this.#skipDependents(drvPath);
    if (this.#options.goesOnAfter(error)) return;
    if (!this.#stopped) this.#options.onGivingUp();
    this.#stop();
  }

  /** Everything above a failure: iterative, since a chain may be long. */
  #skipDependents(failed: StorePath): void {
    const left = [failed];
    for (let drvPath = left.pop(); drvPath !== undefined; drvPath = left.pop()) {
      for (const dependent of this.#dependents.get(drvPath) ?? []) {
        if (this.#states.get(dependent)!.kind === 'skipped') continue;
        this.#change(dependent, { type: 'input-failed', drvPath: failed });
        left.push(dependent);
      }
    }
  }

  #stop(): void {
    this.#stopped = true;
    this.#builds.clear();
    this.#fetches.clear();
    for (const [drvPath, state] of this.#states) {
      if (!isFinal(state)) this.#change(drvPath, { type: 'cancel' });
    }
    if (this.#idle) this.#settle?.();
  }

  #change(drvPath: StorePath, event: NodeEvent): void {
    const before = this.#states.get(drvPath)!;
    const state = transition(before, event);
    this.#states.set(drvPath, state);
    if (state !== before) this.#options.onChange(drvPath, state);
    if (state.kind === 'done') this.#tellDependents(drvPath);
  }

  #tellDependents(drvPath: StorePath): void {
    for (const dependent of this.#dependents.get(drvPath) ?? []) {
      this.#change(dependent, { type: 'input-done' });
      if (this.#states.get(dependent)!.kind === 'queued') this.#enqueue(dependent);
    }
  }
}

function isFetched({ status }: PlanNode): boolean {
  return status.kind === 'substitute';
}

/** For each derivation the length of the longest chain of builds that waits for it. */
function urgencies({ nodes }: BuildPlan): Map<StorePath, number> {
  const urgency = new Map<StorePath, number>();
  for (const { drvPath, inputs, status } of [...nodes.values()].reverse()) {
    const own = urgency.get(drvPath) ?? 0;
    urgency.set(drvPath, own);
    const length = own + (status.kind === 'build' || status.kind === 'perhaps' ? 1 : 0);
    for (const input of inputs) urgency.set(input, Math.max(urgency.get(input) ?? 0, length));
  }
  return urgency;
}
