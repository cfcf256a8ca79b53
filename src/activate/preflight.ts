/** All that can be known before the first change: what stands against a switch is said then, and nothing has happened. */
import { ActivateError } from './errors.ts';
import type { Move } from './journal.ts';
import { checkSpace, type Look, spaceNeeded } from './look.ts';
import type { Machine } from './machine.ts';
import { guardMachine } from './realms/budget/machine-guard.ts';

/** @throws ActivateError `activate/no-space`, `activate/budget`, `activate/preflight` */
export async function preflight(machine: Machine, look: Look, moves: readonly Move[]): Promise<void> {
  checkSpace(machine, moves);
  if (machine.layout.root === '') {
    await guardMachine(machine, look.manifest.settings.budgets, spaceNeeded(machine, moves));
  }
  if (machine.manager === undefined || look.units === undefined || machine.booting) return;
  const problems = await machine.manager.verify(look.units.texts);
  if (problems.length === 0) return;
  throw new ActivateError('activate/preflight', `units cannot be used: ${problems.join('; ')}`, {
    details: { problems },
    hint: 'nothing was changed; systemd.syntax(7) says what a unit may hold',
  });
}
