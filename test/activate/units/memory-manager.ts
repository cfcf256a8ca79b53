/**
 * A service manager in memory, for the many small cases. It has read the unit files of a machine's root and starts what
 * they say; words in a unit's text make it misbehave: `start-fails`, `stop-fails`, `reload-fails`, `hangs`, `crashes`.
 */
import * as fs from 'node:fs';
import { join } from 'node:path';
import type { ActiveState, LiveUnit, LiveUnits } from '../../../src/activate/units/live-unit.ts';
import type { EffectCall, ServiceManager, UnitFailure, UnitVerb } from '../../../src/activate/units/service-manager.ts';
import { parseUnitName } from '../../../src/activate/units/unit-name.ts';

interface State {
  active: ActiveState;
  /** The text that it was started with. */
  form: string;
}

export class MemoryManager implements ServiceManager {
  readonly #folder: string;
  #files = new Map<string, string>();
  readonly #states = new Map<string, State>();
  readonly log: string[] = [];
  brokenEffects = new Set<string>();
  problems: string[] = [];
  held: string[] = [];
  gone = false;

  constructor(root: string) {
    this.#folder = join(root, 'etc/systemd/system');
    for (const target of ['multi-user.target', 'sockets.target', 'timers.target']) this.#set(target, 'active');
  }

  #set(name: string, active: ActiveState): void {
    this.#states.set(name, { active, form: this.#files.get(name) ?? '' });
  }

  /** What runs, each with the text that it was started with. */
  running(): Record<string, string> {
    const units = [...this.#states].filter(([name, { active }]) => active === 'active' && !name.endsWith('.target'));
    return Object.fromEntries(units.map(([name, { form }]) => [name, form] as const).sort());
  }

  /** Somebody else brings a unit to a state. */
  force(name: string, active: ActiveState): void {
    this.#set(name, active);
  }

  async live(names: readonly string[]): Promise<LiveUnits> {
    if (this.gone) throw new Error('nobody answers');
    return new Map([...new Set([...this.#states.keys(), ...names])].map((name) => [name, this.#unit(name)]));
  }

  #unit(name: string): LiveUnit {
    const { active, form } = this.#states.get(name) ?? { active: 'inactive', form: '' };
    const known = this.#files.has(name) || active !== 'inactive';
    return {
      ...{ name, active, sub: active, load: known ? 'loaded' : 'not-found', fragment: join(this.#folder, name) },
      ...{ triggeredBy: [], mainStatus: 0, restarts: 0, since: form },
    };
  }

  async readAgain(): Promise<void> {
    this.log.push('read again');
    const names = fs.existsSync(this.#folder) ? fs.readdirSync(this.#folder) : [];
    const units = names.filter((name) => parseUnitName(name) !== undefined);
    this.#files = new Map(units.map((name) => [name, fs.readFileSync(join(this.#folder, name), 'utf8')]));
  }

  async act(verb: UnitVerb, units: readonly string[]): Promise<UnitFailure[]> {
    if (units.length > 0) this.log.push(`${verb} ${units.join(' ')}`);
    return units.flatMap((unit) => {
      const why = this.#act(verb, unit);
      return why === undefined ? [] : [{ unit, verb, why, status: [`${unit} is ${this.#unit(unit).active}`] }];
    });
  }

  #act(verb: UnitVerb, unit: string): string | undefined {
    const state = this.#states.get(unit);
    const form = state?.active === 'active' ? state.form : (this.#files.get(unit) ?? '');
    if (form.includes('hangs')) return 'the job did not end within 1 s';
    if (verb === 'stop' || verb === 'restart') {
      if (state?.active === 'active' && form.includes('stop-fails')) return 'failed to stop';
      this.#set(unit, 'inactive');
      if (verb === 'stop') return undefined;
    }
    if (verb === 'reload') return form.includes('reload-fails') ? 'failed to reload' : undefined;
    return this.#start(unit);
  }

  #start(unit: string): string | undefined {
    const form = this.#files.get(unit);
    if (form === undefined) return 'Unit not found';
    this.#set(unit, form.includes('start-fails') || form.includes('crashes') ? 'failed' : 'active');
    return form.includes('start-fails') ? 'failed to start' : undefined;
  }

  async forget(units: readonly string[]): Promise<void> {
    for (const name of units) if (this.#states.get(name)?.active === 'failed') this.#set(name, 'inactive');
  }

  async verify(texts: ReadonlyMap<string, string>): Promise<string[]> {
    return texts.size === 0 ? [] : this.problems;
  }

  async inhibitors(): Promise<string[]> {
    return this.held;
  }

  async effect({ name, args }: EffectCall): Promise<string | undefined> {
    this.log.push(['effect', name, ...args].join(' '));
    return this.brokenEffects.has(name) ? 'no such key' : undefined;
  }

  async continueBoot(): Promise<void> {
    this.log.push('continue boot');
  }
}
