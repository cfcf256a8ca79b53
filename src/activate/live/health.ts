/**
 * Whether a machine is well after a change: no unit fails that did not before, and every declared probe succeeds. Units
 * are given a while to come to rest, since one may start and end a moment later.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ActivateError } from '../errors.ts';
import type { Probe } from '../manifest.ts';
import { isFailing, type LiveUnit, type LiveUnits } from '../units/live-unit.ts';
import type { ServiceManager } from '../units/service-manager.ts';
import type { Prober } from './probes.ts';

export interface HealthQuestion {
  /** Units that failed before the change: nobody's fault now. */
  readonly failedBefore: readonly string[];
  /** Units that were started, restarted or reloaded. */
  readonly touched: readonly string[];
  readonly probes: readonly Probe[];
  /** Seconds for units to come to rest. */
  readonly patience: number;
}

export interface HealthPorts {
  readonly manager: ServiceManager;
  readonly probe: Prober;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds between two looks, and how long nothing may move. */
  readonly pace?: { readonly look: number; readonly rest: number };
}

const usualPace = { look: 150, rest: 450 };

/** @throws ActivateError `activate/unhealthy` */
export async function checkHealth(question: HealthQuestion, ports: HealthPorts): Promise<void> {
  const failing = await settle(question, ports);
  if (failing.length > 0) throw unhealthyUnits(failing);
  const answers = await Promise.all(question.probes.map(async (probe) => ({ probe, why: await ports.probe(probe) })));
  const failed = answers.filter(({ why }) => why !== undefined);
  if (failed.length === 0) return;
  const words = failed.map(({ probe, why }) => `${probe.name} (${why})`).join(', ');
  throw new ActivateError('activate/unhealthy', `probes failed: ${words}`, {
    details: { probes: failed.map(({ probe, why }) => ({ name: probe.name, why, option: probe.declared.option })) },
  });
}

/** The new failures, once the units that were touched have come to rest. */
async function settle(question: HealthQuestion, ports: HealthPorts): Promise<LiveUnit[]> {
  const { touched, patience } = question;
  const { look, rest } = ports.pace ?? usualPace;
  const first = await ports.manager.live(touched, 'only');
  let units = first;
  let picture = pictureOf(units, touched);
  let quiet = 0;
  for (let waited = 0; touched.length > 0 && waited < patience * 1000 && quiet < rest; waited += look) {
    ports.signal?.throwIfAborted();
    await sleep(look);
    units = await ports.manager.live(touched, 'only');
    if (newFailures(units, question).length > 0) break;
    const next = pictureOf(units, touched);
    quiet = next === picture && !isMoving(units, touched) ? quiet + look : 0;
    picture = next;
  }
  units = await ports.manager.live(touched);
  const crashing = touched.flatMap((name) => {
    const [before, now] = [first.get(name), units.get(name)];
    return now !== undefined && before !== undefined && now.restarts > before.restarts ? [now] : [];
  });
  return [...new Set([...newFailures(units, question), ...crashing])];
}

function newFailures(units: LiveUnits, { failedBefore }: HealthQuestion): LiveUnit[] {
  const old = new Set(failedBefore);
  return [...new Set(units.values())].filter((unit) => isFailing(unit) && !old.has(unit.name));
}

function isMoving(units: LiveUnits, touched: readonly string[]): boolean {
  return touched.some((name) => ['activating', 'deactivating', 'reloading'].includes(units.get(name)?.active ?? ''));
}

function pictureOf(units: LiveUnits, touched: readonly string[]): string {
  return touched
    .map((name) => units.get(name))
    .map((unit) => `${unit?.active} ${unit?.sub} ${unit?.restarts} ${unit?.since}`)
    .join('\n');
}

function unhealthyUnits(failing: readonly LiveUnit[]): ActivateError {
  const words = failing.map(
    (unit) => `${unit.name} (${unit.active === 'failed' ? 'failed' : 'fails again and again'})`,
  );
  return new ActivateError('activate/unhealthy', `units failed: ${words.join(', ')}`, {
    details: { units: failing.map(({ name, active, sub, mainStatus }) => ({ unit: name, active, sub, mainStatus })) },
    hint: `systemctl status ${failing[0]!.name} says more`,
  });
}
