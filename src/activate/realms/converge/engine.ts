/**
 * Sees to all resources: checks each in order, changes what is not as declared, checks again, and carries out triggers
 * at the end. Nothing that fails stops what does not depend on it.
 */
import { SysbuildError } from '../../../base/errors.ts';
import type { ConvergeEntry } from '../../manifest.ts';
import type { Change } from '../journal/chain.ts';
import { isUnit, orderResources } from './order.ts';
import type { Resource } from './resource.ts';
import {
  type ConvergeMemory,
  type ConvergeState,
  digestEntry,
  repairsInHour,
  withHeld,
  withoutTrigger,
  withTriggers,
} from './state.ts';

/**
 * `kept`: it was as declared. `repaired`: it is now. `deviates`: it is not, and nothing was to be changed. `not-kept`: it
 * is not, still. `skipped`: it was not looked at.
 */
export type Outcome = 'kept' | 'repaired' | 'deviates' | 'not-kept' | 'skipped';

export interface ResourceResult {
  readonly name: string;
  readonly kind: string;
  readonly outcome: Outcome;
  /** Why it had to be changed: its description changed, or the world did. */
  readonly cause: 'intentional' | 'corrective' | undefined;
  /** What was found, or why it is skipped or not kept. */
  readonly detail: string | undefined;
  /** It had to be repaired this often within an hour: something works against it. */
  readonly oscillates: number | undefined;
  readonly declared: ConvergeEntry['declared'];
}

export interface TriggerResult {
  readonly trigger: string;
  readonly by: string;
  readonly outcome: 'done' | 'failed' | 'pending';
  readonly detail: string | undefined;
}

export interface ConvergeReport {
  readonly noop: boolean;
  readonly resources: readonly ResourceResult[];
  readonly triggers: readonly TriggerResult[];
}

export interface EnginePorts {
  readonly make: (entry: ConvergeEntry) => Resource;
  /** Reloads or restarts a unit that runs; throws when it cannot. */
  readonly restart: (unit: string) => void;
  readonly memory: ConvergeMemory;
  readonly record: (change: Change) => void;
  readonly now: () => Date;
}

export interface EngineOptions {
  readonly noop: boolean;
  /** Names of the resources that are seen to; undefined: all. */
  readonly only: readonly string[] | undefined;
}

/** More repairs than this within an hour are told. */
const manyRepairs = 5;

class Run {
  readonly #ports: EnginePorts;
  readonly #options: EngineOptions;
  readonly #results = new Map<string, ResourceResult>();
  #state: ConvergeState;

  constructor(ports: EnginePorts, options: EngineOptions) {
    this.#ports = ports;
    this.#options = options;
    this.#state = ports.memory.read();
  }

  async see(entry: ConvergeEntry): Promise<void> {
    const blocked = entry.after.find((name) => isBad(this.#results.get(name)));
    const found = blocked === undefined ? await this.#attend(entry) : skipped(`${blocked} does not hold`);
    const { name, kind, declared } = entry;
    const often = repairsInHour(this.#state, name, this.#ports.now().getTime());
    const oscillates = found.outcome === 'repaired' && often >= manyRepairs ? often : undefined;
    this.#results.set(name, { name, kind, cause: undefined, detail: undefined, ...found, oscillates, declared });
  }

  async #attend(entry: ConvergeEntry): Promise<Partial<ResourceResult> & { outcome: Outcome }> {
    if (isHandler(entry)) return skipped('it runs when something triggers it');
    const cause = this.#state.resources[entry.name]?.digest === digestEntry(entry) ? 'corrective' : 'intentional';
    try {
      const resource = this.#ports.make(entry);
      const finding = await resource.check();
      if (finding === undefined) return this.#held(entry);
      if (this.#options.noop) return { outcome: 'deviates', cause, detail: finding };
      return await this.#repair(entry, resource, finding, cause);
    } catch (error) {
      return { outcome: 'not-kept', cause, detail: wordsOf(error) };
    }
  }

  #held(entry: ConvergeEntry): { outcome: Outcome } {
    const before = this.#state.resources[entry.name];
    if (!this.#options.noop && before?.digest !== digestEntry(entry)) this.#remember(withHeld(this.#state, entry));
    return { outcome: 'kept' };
  }

  async #repair(
    entry: ConvergeEntry,
    resource: Resource,
    finding: string,
    cause: 'intentional' | 'corrective',
  ): Promise<Partial<ResourceResult> & { outcome: Outcome }> {
    const at = this.#ports.now().toISOString();
    // Before the change: what is triggered by it is not forgotten, whatever happens next.
    if (entry.triggers.length > 0) this.#remember(withTriggers(this.#state, entry, at));
    await resource.apply();
    const left = await resource.check();
    const outcome = left === undefined ? 'repaired' : 'not-kept';
    this.#ports.record({
      kind: 'repair',
      what: `${entry.name}: ${finding}`,
      details: { resource: entry.name, kind: entry.kind, cause, outcome, ...(left === undefined ? {} : { left }) },
    });
    if (left !== undefined) return { outcome, cause, detail: `${left}, after it was applied` };
    this.#remember(withHeld(this.#state, entry, cause === 'corrective' ? at : undefined));
    return { outcome, cause, detail: finding };
  }

  /** Carries out what is pending, also from earlier runs; what fails stays pending. */
  async carryOut(entries: readonly ConvergeEntry[]): Promise<TriggerResult[]> {
    const results: TriggerResult[] = [];
    for (const { trigger, by } of this.#state.pending) {
      if (this.#options.noop) {
        results.push({ trigger, by, outcome: 'pending', detail: undefined });
        continue;
      }
      const failure = await this.#trigger(trigger, entries);
      if (failure === undefined) this.#remember(withoutTrigger(this.#state, trigger));
      this.#ports.record({
        kind: 'repair',
        what: `triggered ${trigger}`,
        details: { trigger, by, ...(failure === undefined ? {} : { failure }) },
      });
      results.push({ trigger, by, outcome: failure === undefined ? 'done' : 'failed', detail: failure });
    }
    return results;
  }

  async #trigger(trigger: string, entries: readonly ConvergeEntry[]): Promise<string | undefined> {
    try {
      const entry = entries.find(({ name }) => name === trigger);
      if (entry !== undefined) await this.#ports.make(entry).apply();
      else if (isUnit(trigger)) this.#ports.restart(trigger);
      // Else it is declared no longer.
      return undefined;
    } catch (error) {
      return wordsOf(error);
    }
  }

  report(triggers: readonly TriggerResult[]): ConvergeReport {
    return { noop: this.#options.noop, resources: [...this.#results.values()], triggers };
  }

  #remember(state: ConvergeState): void {
    this.#state = state;
    this.#ports.memory.write(state);
  }
}

/**
 * Sees to the resources.
 * @throws ActivateError `activate/converge` where their order is impossible
 */
export async function converge(
  entries: readonly ConvergeEntry[],
  options: EngineOptions,
  ports: EnginePorts,
): Promise<ConvergeReport> {
  const order = orderResources(entries);
  const run = new Run(ports, options);
  for (const entry of order) if (options.only?.includes(entry.name) ?? true) await run.see(entry);
  return run.report(await run.carryOut(entries));
}

/** A command that only triggers run. */
export function isHandler({ kind, settings }: ConvergeEntry): boolean {
  return kind === 'command' && settings['handler'] === true;
}

function isBad(result: ResourceResult | undefined): boolean {
  return (
    result?.outcome === 'not-kept' ||
    (result?.outcome === 'skipped' && result.detail?.endsWith('does not hold') === true)
  );
}

function skipped(detail: string): { outcome: Outcome; detail: string } {
  return { outcome: 'skipped', detail };
}

function wordsOf(error: unknown): string {
  if (error instanceof SysbuildError || error instanceof Error) return error.message;
  return String(error);
}
