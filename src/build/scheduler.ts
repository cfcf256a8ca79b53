/**
 * Works through a plan: starts what has all its inputs, so many at once, in the plan's order, until everything is in
 * a final state. Knows nothing of how a derivation is built. Every change of a state goes through `transition`.
 */
import type { StorePath } from '../formats/index.ts';
import { BuildError } from './errors.ts';
import type { BuildPlan, PlanNode } from './plan.ts';
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
  readonly keepGoing: boolean;
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
  /** What can be started, in the order in which it became so. */
  readonly #queue: StorePath[] = [];
  #running = 0;
  #stopped = false;
  #settle: (() => void) | undefined;
  #crash: ((error: unknown) => void) | undefined;

  constructor(options: SchedulerOptions) {
    this.#options = options;
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
    if (state.kind === 'queued') this.#queue.push(drvPath);
    for (const input of missing) {
      const dependents = this.#dependents.get(input);
      if (dependents === undefined) this.#dependents.set(input, [drvPath]);
      else dependents.push(drvPath);
    }
  }

  #startMore(): void {
    while (!this.#stopped && this.#running < this.#options.maxJobs) {
      const drvPath = this.#queue.shift();
      if (drvPath === undefined) break;
      this.#change(drvPath, { type: 'start' });
      this.#running += 1;
      void this.#work(this.#options.plan.nodes.get(drvPath)!);
    }
    if (this.#running === 0) this.#settle?.();
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
      this.#running -= 1;
      this.#change(node.drvPath, outcome);
      if (outcome.type === 'fail') this.#giveUpAfter(node.drvPath);
      this.#startMore();
    } catch (error) {
      this.#options.onGivingUp();
      this.#crash?.(error);
    }
  }

  #giveUpAfter(drvPath: StorePath): void {
    this.#skipDependents(drvPath);
    if (this.#options.keepGoing) return;
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
    this.#queue.length = 0;
    for (const [drvPath, state] of this.#states) {
      if (!isFinal(state)) this.#change(drvPath, { type: 'cancel' });
    }
    if (this.#running === 0) this.#settle?.();
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
      if (this.#states.get(dependent)!.kind === 'queued') this.#queue.push(dependent);
    }
  }
}
