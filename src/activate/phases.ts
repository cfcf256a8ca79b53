/** What a switch of this machine does besides files, in order: units, accounts, what was added, and the machine's health. */
import { AccountPhase } from './accounts/account-phase.ts';
import { HealthPhase } from './live/health-phase.ts';
import { proberOf } from './live/probes.ts';
import type { Machine } from './machine.ts';
import type { RunLog } from './run-log.ts';
import type { ApplyPorts } from './switch-apply.ts';
import { UnitPhase } from './units/unit-phase.ts';

/** Where probes find programs: those of the system first. */
const programPath =
  '/nix/var/nix/profiles/system/current/sw/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** @param unwell gets a line for each thing that is not well and is left so */
export function portsOf(machine: Machine, log: RunLog, unwell: string[], signal: AbortSignal | undefined): ApplyPorts {
  const { layout, manager, files, owners, booting, boot, pace, now } = machine;
  const accounts = new AccountPhase(layout, owners);
  if (manager === undefined) return { files, signal, phases: [accounts, ...machine.phases] };
  const say = (line: string): void => log.say(line);
  const note = (what: string, why: string): void => {
    unwell.push(`${what}: ${why}`);
    log.note({ what, outcome: 'not kept', why });
  };
  const units = new UnitPhase({
    ...{ manager, boot, booting, signal, log: say },
    failed: (failures) => {
      for (const { unit, verb, why } of failures) note(unit, `${verb} ${why}`);
    },
  });
  const health = new HealthPhase({
    ...{ layout, manager, probe: proberOf(manager, programPath), pace, signal, now, log: say },
    unwell: (error) => note('health', error.message),
  });
  return { files, signal, phases: [units, accounts, ...machine.phases, health] };
}
