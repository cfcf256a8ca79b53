/** A few kills at random moments; `random-kill.ts` says how to run as many as wanted. */
import { expect, test } from 'vitest';
import { killAtRandom } from './random-kill.ts';

test('kill -9 at random moments of build and switch: the next run always succeeds', async () => {
  const kills = Number(process.env['KILLS'] ?? 5);
  const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
  const lines: string[] = [];
  const runs = await killAtRandom(kills, seed, (line) => lines.push(line));
  expect(lines, `seed ${seed}`).toHaveLength(runs);
  expect(runs).toBeGreaterThanOrEqual(kills);
}, 600_000);
