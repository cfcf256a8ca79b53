/**
 * Brings the units of the running machine to what the new generation declares, in this order: stop (by the old form's
 * own commands), then the files change, then read again, effects, reload, restart, start; then the machine has to be well.
 * The way back is led by what runs: what ran before and was touched runs again, in its old form.
 */
import { faultPoint } from '../../base/fault.ts';
import { ActivateError } from '../errors.ts';
import type { JournalHead } from '../journal.ts';
import type { LiveWork } from '../live/live-work.ts';
import type { Phase, UndoStage } from '../phase.ts';
import { isRunning, type LiveUnits } from './live-unit.ts';
import type { ServiceManager, UnitFailure, UnitVerb } from './service-manager.ts';
import { batchesOf } from './unit-values.ts';

export interface UnitPhasePorts {
  readonly manager: ServiceManager;
  /** Which boot of the machine this is. */
  readonly boot: string;
  /** The machine is booting at this moment: what it starts is not started here. */
  readonly booting: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly log: (line: string) => void;
  /** Told of failures that put nothing back. */
  readonly failed: (failures: readonly UnitFailure[]) => void;
}

export class UnitPhase implements Phase {
  readonly name = 'units';
  readonly #ports: UnitPhasePorts;

  constructor(ports: UnitPhasePorts) {
    this.#ports = ports;
  }

  async beforeFiles({ live }: JournalHead): Promise<void> {
    if (live === undefined) return;
    const { stop } = batchesOf(live.units);
    const failures = await this.#act('stop', stop, live);
    const now = await this.#ports.manager.live(stop, 'only');
    // One that ended, however it ended, is out of the way.
    const still = failures.filter((failure) => isRunning(now.get(failure.unit)));
    if (still.length > 0) throw unitsError(still);
  }

  async afterFiles({ live }: JournalHead): Promise<void> {
    if (live === undefined) return;
    const { manager } = this.#ports;
    if (live.readAgain || live.anew) await manager.readAgain(live.anew, live.waits);
    faultPoint('activate/units read again');
    const { forget } = batchesOf(live.units);
    await manager.forget(forget);
    await this.#effects(live);
    const failures = await this.#bringUp(live);
    // What failed before and fails again is no worse than it was.
    const fresh = failures.filter((failure) => !live.failed.includes(failure.unit));
    const old = failures.filter((failure) => live.failed.includes(failure.unit));
    if (old.length > 0) this.#ports.failed(old);
    if (fresh.length === 0) return;
    if (live.revert) throw unitsError(fresh);
    this.#ports.failed(fresh);
  }

  async #effects(live: LiveWork): Promise<void> {
    for (const call of live.effects) {
      this.#ports.log(`apply ${call.name}`);
      const why = await this.#ports.manager.effect(call, live.waits);
      faultPoint(`activate/effect ${call.name}`);
      if (why !== undefined) {
        throw new ActivateError('activate/units', `${call.name} could not be applied: ${why}`, {
          details: { effect: call.name, program: call.program, args: call.args, why },
        });
      }
    }
  }

  /** Reload, restart, start, each in one go. */
  async #bringUp(live: LiveWork): Promise<UnitFailure[]> {
    const { reload, restart, start } = batchesOf(live.units);
    const now = await this.#ports.manager.live([...reload, ...restart], 'only');
    const running = (name: string): boolean => isRunning(now.get(name));
    const failures = [
      ...(await this.#act('reload', reload.filter(running), live)),
      ...(await this.#act('restart', restart, live)),
      // What was to be reloaded and has ended meanwhile begins with its new settings.
      ...(await this.#act('start', [...reload.filter((name) => !running(name)), ...start], live)),
    ];
    return failures;
  }

  async #act(verb: UnitVerb, units: readonly string[], live: LiveWork): Promise<UnitFailure[]> {
    if (units.length === 0) return [];
    this.#ports.signal?.throwIfAborted();
    this.#ports.log(`${verb} ${units.join(' ')}`);
    const failures = await this.#ports.manager.act(verb, units, live.waits);
    faultPoint(`activate/units ${verb}`);
    return failures;
  }

  /** What runs in its new form ends by the new form's own commands, before its files go. */
  async beforeUndo({ live }: JournalHead, stage: UndoStage): Promise<void> {
    if (live === undefined || !stage.swapped || this.#isAnotherBoot(live)) return;
    const { manager } = this.#ports;
    const { start, restart } = batchesOf(live.units);
    const now = await manager.live([...start, ...restart], 'only');
    const ours = [...start, ...restart].filter((name) => isRunning(now.get(name)));
    this.#ports.log(`undo: stop ${ours.join(' ')}`);
    await manager.act('stop', ours, live.waits);
    faultPoint('activate/undo stopped');
  }

  async afterUndo({ live }: JournalHead, stage: UndoStage): Promise<void> {
    if (live === undefined || !stage.stopped) return;
    const { manager, booting } = this.#ports;
    if (stage.swapped && (live.readAgain || live.anew)) await manager.readAgain(live.anew, live.waits);
    if (booting) return manager.continueBoot();
    // Their old settings are there again; one that cannot be applied was so before.
    if (stage.swapped) for (const call of live.effects) await manager.effect(call, live.waits);
    await this.#bringBack(live, stage);
  }

  async #bringBack(live: LiveWork, stage: UndoStage): Promise<void> {
    const { manager } = this.#ports;
    const { stop, start, restart, reload } = batchesOf(live.units);
    const touched = [...new Set([...stop, ...restart, ...start, ...reload])];
    await manager.forget(touched.filter((name) => !live.failed.includes(name)));
    const now = await manager.live(touched, 'only');
    const ran = touched.filter((name) => live.running.includes(name));
    const again = stage.swapped ? reload.filter((name) => isRunning(now.get(name)) && ran.includes(name)) : [];
    const down = ran.filter((name) => !isRunning(now.get(name)));
    const stale = this.#isAnotherBoot(live) ? ran.filter((name) => isRunning(now.get(name))) : [];
    this.#ports.log(`undo: start ${down.join(' ')}`);
    const failures = [
      ...(await manager.act('start', down, live.waits)),
      ...(await manager.act('restart', stale, live.waits)),
      ...(await manager.act(
        'reload',
        again.filter((name) => !stale.includes(name)),
        live.waits,
      )),
    ];
    faultPoint('activate/undo started');
    const after: LiveUnits = await manager.live(ran, 'only');
    // A reload that fails leaves a unit that runs, as it did before.
    const lost = failures.filter((failure) => !isRunning(after.get(failure.unit)));
    if (lost.length > 0) throw unitsError(lost);
  }

  #isAnotherBoot(live: LiveWork): boolean {
    return live.boot !== this.#ports.boot;
  }
}

function unitsError(failures: readonly UnitFailure[]): ActivateError {
  const words = failures.map(({ unit, verb, why }) => `${verb} ${unit}: ${why}`);
  return new ActivateError('activate/units', words.join('; '), {
    details: { units: failures },
    hint: `systemctl status ${failures[0]!.unit} says more`,
  });
}
