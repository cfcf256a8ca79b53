/** The key that a store makes itself. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { storeKey } from '../../src/app/store-key.ts';
import { scratchStore } from '../store/support.ts';

test('is made once, for its owner alone', () => {
  const store = scratchStore();
  const key = storeKey(store);
  expect(storeKey(store).format()).toBe(key.format());
  expect(key.name).toMatch(/^[A-Za-z0-9.-]+-[0-9a-f]{8}$/);
  const folder = join(store.stateDir, 'sysbuild');
  expect(fs.readdirSync(folder)).toEqual(['signing-key']);
  expect(fs.statSync(join(folder, 'signing-key')).mode & 0o777).toBe(0o600);
  expect(storeKey(scratchStore()).format()).not.toBe(key.format());
});
