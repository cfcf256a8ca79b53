/** A few seconds of many processes on one store; `stress.ts` says how to run minutes of it. */
import { expect, test } from 'vitest';
import { stress } from './stress.ts';

test('eight processes add, build, import, optimise, verify and collect at once, and some of them are killed', async () => {
  const { done } = await stress(Number(process.env['SECONDS'] ?? 8));
  expect(Object.values(done).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(8);
}, 900_000);
