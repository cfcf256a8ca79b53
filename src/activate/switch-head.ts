/** The head of a switch's journal: all that is needed to carry it out, to go on with it, or to undo it. */
import type { JournalHead, Move } from './journal.ts';
import type { LiveWork } from './live/live-work.ts';
import type { Look } from './look.ts';
import type { Machine } from './machine.ts';

interface HeadOptions {
  readonly generation: number;
  readonly isNew: boolean;
  readonly onTrial: boolean;
  readonly verb: string;
  readonly confirm?: number | undefined;
  readonly revert?: boolean | undefined;
}

export function headOf(machine: Machine, look: Look, moves: readonly Move[], options: HeadOptions): JournalHead {
  const startedAt = machine.now();
  const { from, to } = look.plan;
  const { generation, isNew, onTrial, verb } = options;
  return {
    version: 2,
    id: `${startedAt.getTime().toString(36)}-${process.pid}`,
    startedAt: startedAt.toISOString(),
    by: machine.by,
    from,
    to: { generation, system: to.system, isNew },
    moves,
    verb,
    onTrial,
    trialBefore: machine.generations.trial(),
    accounts: look.accounts.work,
    live: liveWork(machine, look, options),
  };
}

/** Of a machine that boots at this moment nothing runs yet that could be changed. */
function liveWork(machine: Machine, look: Look, { confirm, revert }: HeadOptions): LiveWork | undefined {
  const { units, manifest, plan } = look;
  if (units === undefined || machine.booting) return undefined;
  const { settings, probes } = manifest;
  return {
    boot: machine.boot,
    units: plan.units,
    running: units.running,
    failed: units.failed,
    effects: plan.effects,
    readAgain: plan.files.some((step) => step.path.startsWith('/etc/systemd/') || step.path === '/etc/fstab'),
    anew: units.anew,
    probes,
    waits: settings.waits,
    confirm: confirm ?? settings.confirm,
    revert: revert !== false,
  };
}
