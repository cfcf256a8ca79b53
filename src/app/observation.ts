/** What an evaluation costs: counts, times, and a profile of its functions. */
import { type PerformanceEntry, PerformanceObserver, performance } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import { toUnicode } from '../base/bytes.ts';
import { type CallCount, type ProfileFormat, Watch } from '../lang/index.ts';

export class Observation {
  readonly watch: Watch;
  /** How often a kept result could have been returned, and how often not. */
  readonly results = { hits: 0, misses: 0 };
  readonly #gc: PerformanceEntry[] = [];
  readonly #collections: PerformanceObserver;

  /** @param profile measure the times of functions */
  constructor(profile: boolean) {
    this.watch = new Watch({ profile, now: () => performance.now() });
    this.#collections = new PerformanceObserver((list) => void this.#gc.push(...list.getEntries()));
    this.#collections.observe({ entryTypes: ['gc'] });
  }

  /** The flame graph of what was evaluated so far; times must have been measured. */
  profile(format: ProfileFormat): string {
    return this.watch.profile(format);
  }

  /**
   * What `NIX_SHOW_STATS` shows, as far as it means something here: what Nix counts and sysbuild has not (environments,
   * bytes of values) is left out.
   *
   * @param calls with the number of calls of each function
   */
  async statistics(calls: boolean): Promise<Record<string, unknown>> {
    // Collections are told of when the event loop turns.
    await new Promise((resolve) => setImmediate(resolve));
    this.#gc.push(...this.#collections.takeRecords());
    this.#collections.disconnect();
    const { user, system } = process.cpuUsage();
    const cpu = (user + system) / 1e6;
    const gc = this.#gc.reduce((sum, { duration }) => sum + duration, 0) / 1000;
    const { total_heap_size: heapSize, used_heap_size: usedBytes } = getHeapStatistics();
    return {
      caches: { results: this.results },
      cpuTime: cpu,
      gc: { cycles: this.#gc.length, heapSize, usedBytes },
      ...this.watch.counts,
      ...(calls ? this.#calls() : {}),
      time: { cpu, gc, gcFraction: cpu === 0 ? 0 : gc / cpu },
    };
  }

  #calls(): Record<string, unknown> {
    const { builtinCalls, functionCalls } = this.watch;
    return { functions: functionCalls.map(described), primops: Object.fromEntries(builtinCalls) };
  }
}

function described({ name, file, line, column, count }: CallCount): Record<string, unknown> {
  return { name: toUnicode(name), file: toUnicode(file), line, column, count };
}
