/**
 * What a switch does to the units of the running machine: from the units that the recorded old generation declared, those
 * that the new one declares, and what runs. Pure. Each unit is decided about alone (`unit-decide.ts`); here sockets and
 * timers come along with their services.
 */
import { isRunning, type LiveUnits } from './live-unit.ts';
import { type Decision, decideUnit, type UnitFacts } from './unit-decide.ts';
import { booleanOf, wordsOf } from './unit-file.ts';
import { isTemplate, parseUnitName, siblingOf, templateOf } from './unit-name.ts';
import type { UnitSet, Want } from './unit-set.ts';
import type { UnitAction, UnitStep } from './unit-values.ts';

export interface UnitPlanInput {
  readonly before: UnitSet;
  readonly after: UnitSet;
  readonly live: LiveUnits;
  /** Whether the machine has a unit of that name of its own: a package's, say. */
  readonly foreign: (name: string) => boolean;
}

/** The decision about each unit that either generation declares or asks for, or that is an instance of such a one. */
export class UnitPlanner {
  readonly #input: UnitPlanInput;
  readonly #decisions = new Map<string, Decision>();
  readonly #steps = new Map<string, UnitStep>();

  constructor(input: UnitPlanInput) {
    this.#input = input;
    for (const name of this.#names()) this.#decisions.set(name, decideUnit(this.#facts(name)));
  }

  /** The steps, sorted by unit. */
  steps(): UnitStep[] {
    for (const [name, { action, reason, because }] of this.#decisions) {
      if (action === 'none' || action === 'apply') continue;
      if (action === 'socket') this.#changeSocket(name, reason, because);
      else this.#add(name, action, reason, because);
    }
    for (const step of [...this.#steps.values()]) if (step.action === 'stop-start') this.#withSockets(step.unit);
    for (const step of [...this.#steps.values()]) {
      if (step.action === 'stop' || step.action === 'stop-start') this.#withTimers(step.unit);
    }
    return [...this.#steps.values()].sort((a, b) => (a.unit < b.unit ? -1 : 1));
  }

  /** Why a unit is treated as it is; undefined for one that neither generation has anything to do with. */
  explain(name: string): Decision | undefined {
    const step = this.#steps.get(name);
    return step ?? this.#decisions.get(name);
  }

  #names(): Set<string> {
    const { before, after, live } = this.#input;
    const declared = new Set([...before.names(), ...after.names()].filter((name) => !isTemplate(name)));
    for (const name of live.keys()) {
      const template = templateOf(name);
      if (template !== undefined && (before.get(name) ?? after.get(name)) !== undefined) declared.add(name);
    }
    return declared;
  }

  #facts(name: string): UnitFacts {
    const { before, after, live, foreign } = this.#input;
    const old = new Set(before.wants(name).map((want) => want.by));
    const wanted = after.wants(name).filter((want) => this.#isActive(want));
    return {
      name,
      before: before.get(name),
      after: after.get(name),
      live: live.get(name),
      foreign: foreign(name) || (templateOf(name) !== undefined && foreign(templateOf(name)!)),
      wanted,
      newlyWanted: wanted.filter((want) => !old.has(want.by)),
      unwanted: old.size > 0 && after.wants(name).length === 0,
    };
  }

  #isActive(want: Want): boolean {
    return isRunning(this.#input.live.get(want.by));
  }

  #add(unit: string, action: UnitAction, reason: string, because: readonly string[]): void {
    const { before, after, live } = this.#input;
    const declared =
      (after.get(unit) ?? before.get(unit))?.declared ?? (after.wants(unit)[0] ?? before.wants(unit)[0])?.declared;
    const was = live.get(unit)?.active ?? 'not loaded';
    this.#steps.set(unit, { unit, action, reason, because, was, realm: 'congruent', declared });
  }

  /** Whether the new generation, or the machine without us, still has the unit. */
  #remains(name: string): boolean {
    const { after, foreign } = this.#input;
    const unit = after.get(name);
    return unit === undefined ? foreign(name) : !unit.masked;
  }

  /** A socket that changed: its service ends, the socket is opened anew, and then starts the service when it has to. */
  #changeSocket(socket: string, reason: string, because: readonly string[]): void {
    const { after, live } = this.#input;
    const content = after.get(socket)?.content ?? new Map();
    this.#add(socket, 'stop-start', reason, because);
    if (booleanOf(content, 'Socket', 'Accept', false)) return; // each connection has an instance of its own
    const service = wordsOf(content, 'Socket', 'Service')[0] ?? siblingOf(socket, 'service')!;
    if (!isRunning(live.get(service))) return;
    const decided = this.#decisions.get(service)?.action;
    if (decided === 'stop' || decided === 'stop-start') return;
    const starts = this.#startsItself(service);
    this.#add(service, starts ? 'stop-start' : 'stop', `its socket ${socket} is opened anew`, because);
  }

  /** A service that has sockets is started by them, unless something else asks for it as well. */
  #withSockets(service: string): void {
    const { live } = this.#input;
    const sockets = this.#socketsOf(service);
    if (sockets.length === 0) return;
    const { reason, because } = this.#steps.get(service)!;
    for (const socket of sockets) {
      const decided = this.#steps.get(socket)?.action;
      if (isRunning(live.get(socket)) && decided === undefined) {
        this.#add(socket, 'stop-start', `its service ${service} is changed`, because);
      } else if (!isRunning(live.get(socket)) && decided === undefined) {
        this.#add(socket, 'start', `it starts ${service}`, because);
      }
    }
    if (!this.#startsItself(service)) {
      this.#add(service, 'stop', `${reason}; its socket starts it again`, because);
    }
  }

  /** The sockets of a service that are there afterwards and are, or have just been, in use. */
  #socketsOf(service: string): string[] {
    const { after, live } = this.#input;
    const parsed = parseUnitName(service);
    if (parsed?.type !== 'service' || parsed.instance !== undefined) return [];
    const content = after.get(service)?.content ?? new Map();
    const named = [...wordsOf(content, 'Service', 'Sockets'), siblingOf(service, 'socket')!];
    const isUsed = (socket: string): boolean =>
      isRunning(live.get(socket)) || after.wants(socket).some((want) => this.#isActive(want));
    return [...new Set(named)].filter((socket) => this.#remains(socket) && isUsed(socket));
  }

  #startsItself(service: string): boolean {
    const { after } = this.#input;
    const content = after.get(service)?.content ?? new Map();
    const isWanted = after.wants(service).some((want) => this.#isActive(want));
    return isWanted || booleanOf(content, 'Service', 'X-NotSocketActivated', false);
  }

  /** A timer must not start its service between its end and the new files. */
  #withTimers(service: string): void {
    const { live } = this.#input;
    const timers = (live.get(service)?.triggeredBy ?? []).filter((name) => name.endsWith('.timer'));
    for (const timer of timers) {
      const decided = this.#steps.get(timer)?.action;
      if (!isRunning(live.get(timer)) || decided === 'stop' || decided === 'stop-start') continue;
      const stays = this.#remains(timer);
      this.#add(timer, stays ? 'stop-start' : 'stop', `it starts ${service}, which is being changed`, []);
    }
  }
}
