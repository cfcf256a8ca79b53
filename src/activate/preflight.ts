/** All that can be known before the first change: what stands against a switch is said then, and nothing has happened. */
import { ActivateError } from './errors.ts';
import type { Move } from './journal.ts';
import { checkSpace, type Look } from './look.ts';
import type { Machine } from './machine.ts';

/** @throws ActivateError `activate/no-space`, `activate/preflight` */
export async function preflight(machine: Machine, look: Look, moves: readonly Move[]): Promise<void> {
  checkSpace(machine, moves);
  if (machine.manager === undefined || look.units === undefined || machine.booting) return;
  const problems = await machine.manager.verify(look.units.texts);
  if (problems.length === 0) return;
  throw new ActivateError('activate/preflight', `units cannot be used: ${problems.join('; ')}`, {
    details: { problems },
    hint: 'nothing was changed; systemd.syntax(7) says what a unit may hold',
  });
}
