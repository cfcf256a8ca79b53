/** Tells a sink how far a run is: how many builds, fetches and substitutions there are to be, running, done and failed. */
import type { ActivityKind, Sink } from '../base/events.ts';
import type { StorePath } from '../formats/index.ts';
import { isFetch } from './build-goal.ts';
import type { BuildPlan } from './plan.ts';
import type { NodeState } from './states.ts';

interface Counts {
  expected: number;
  running: number;
  done: number;
  failed: number;
}

export class Progress {
  readonly #sink: Sink;
  readonly #plan: BuildPlan;
  readonly #counts = new Map<ActivityKind, Counts>();
  readonly #running = new Set<StorePath>();

  constructor(sink: Sink, plan: BuildPlan) {
    this.#sink = sink;
    this.#plan = plan;
    for (const drvPath of [...plan.willSubstitute, ...plan.willBuild, ...plan.perhaps])
      this.#countsOf(drvPath).expected += 1;
    for (const kind of this.#counts.keys()) this.#tell(kind);
  }

  change(drvPath: StorePath, state: NodeState): void {
    // What turned out to be known already was never a build.
    if (this.#plan.nodes.get(drvPath)!.status.kind === 'alias') return;
    const counts = this.#countsOf(drvPath);
    if (this.#running.delete(drvPath)) counts.running -= 1;
    if (state.kind === 'running') {
      this.#running.add(drvPath);
      counts.running += 1;
    } else if (state.kind === 'failed') counts.failed += 1;
    else if (state.kind === 'done' && (state.origin === 'built' || this.#kindOf(drvPath) === 'substitute'))
      counts.done += 1;
    else if (state.kind === 'done' || state.kind === 'skipped') counts.expected -= 1;
    this.#tell(this.#kindOf(drvPath));
  }

  #kindOf(drvPath: StorePath): ActivityKind {
    const { status, derivation } = this.#plan.nodes.get(drvPath)!;
    if (status.kind === 'substitute') return 'substitute';
    return isFetch(derivation) ? 'fetch' : 'build';
  }

  #countsOf(drvPath: StorePath): Counts {
    const kind = this.#kindOf(drvPath);
    let counts = this.#counts.get(kind);
    if (counts === undefined) {
      counts = { expected: 0, running: 0, done: 0, failed: 0 };
      this.#counts.set(kind, counts);
    }
    return counts;
  }

  #tell(kind: ActivityKind): void {
    this.#sink.emit({ type: 'totals', kind, ...this.#counts.get(kind)! });
  }
}
