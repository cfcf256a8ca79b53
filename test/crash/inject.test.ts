/** A few kills at system calls of the real program; `inject.ts` says how to run all of them. */
import { expect, test } from 'vitest';
import { commands, killAtCalls, mayTrace } from './inject.ts';

const kills = Number(process.env['KILLS'] ?? 1);

for (const command of commands) {
  if (mayTrace()) {
    test(`${command.name}, killed at system calls of each kind`, async () => {
      expect(await killAtCalls(command, kills)).toBeGreaterThan(5);
    }, 600_000);
  } else test.skip(`${command.name} killed at system calls (strace may not trace here)`, () => {});
}
