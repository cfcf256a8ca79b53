/** Budgets: what must stay free, who is named when it does not, and the reserve. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { machineLayout } from '../../../src/activate/layout.ts';
import { defaultBudgets, judgeSpace, readBudgets } from '../../../src/activate/realms/budget/budgets.ts';
import { guardSpace, measureSpace, Reserve, threatsOf } from '../../../src/activate/realms/budget/guard.ts';
import { PhaseTime } from '../../../src/activate/realms/budget/phase-time.ts';
import { Tally } from '../../../src/activate/realms/map/tally.ts';
import { scratchFolder } from '../support.ts';

describe('budgets', () => {
  test('have defaults, and refuse what means nothing', () => {
    expect(readBudgets({})).toEqual(defaultBudgets);
    expect(readBudgets({ disk: 5 })).toEqual({ ...defaultBudgets, disk: 5 });
    expect(() => readBudgets({ dsk: 5 })).toThrow('dsk is not a known field');
    expect(() => readBudgets({ disk: -1 })).toThrow('disk is -1');
  });

  test('hold as long as enough stays free beside what is needed', () => {
    const space = { place: '/', freeBytes: 100, freeInodes: 10, inodes: 20 };
    const budgets = { ...defaultBudgets, disk: 50, inodes: 5 };
    const need = (bytes: number, inodes: number) => judgeSpace([space], [{ place: '/', bytes, inodes }], budgets);
    expect(need(50, 5)).toEqual([]);
    expect(need(51, 6)).toEqual([
      { place: '/', what: 'disk', free: 100, needed: 51, budget: 50 },
      { place: '/', what: 'inodes', free: 10, needed: 6, budget: 5 },
    ]);
    expect(judgeSpace([{ ...space, inodes: 0, freeInodes: 0 }], [], budgets)).toEqual([]);
  });

  test('name what takes the space, the managed part last', () => {
    const tally = new Tally();
    tally.add('/usr/lib', 'convergent', 900);
    tally.add('/home/ann/videos', 'divergent', 700);
    tally.add('/home/ann', 'divergent', 10);
    tally.add('/srv/upload', 'unknown', 300);
    expect(threatsOf(tally.tree(6))).toEqual([
      { path: '/home/ann/videos', realm: 'divergent', bytes: 700 },
      { path: '/srv/upload', realm: 'unknown', bytes: 300 },
      { path: '/usr/lib', realm: 'convergent', bytes: 900 },
    ]);
    const folder = scratchFolder();
    const { freeBytes } = measureSpace(folder);
    const needs = [{ place: folder, bytes: freeBytes * 2, inodes: 0 }];
    expect(() => guardSpace(needs, defaultBudgets, () => threatsOf(tally.tree(6)))).toThrow(
      /are needed beside the budget/,
    );
    expect(() =>
      guardSpace([{ place: folder, bytes: 0, inodes: 0 }], { ...defaultBudgets, disk: 0, inodes: 0 }, () => []),
    ).not.toThrow();
  });

  test('a phase that takes too long fails, the next one begins anew', () => {
    let now = 0;
    const time = new PhaseTime(10, () => now);
    time.begin('stopping');
    now = 10_000;
    expect(() => time.check()).not.toThrow();
    time.begin('starting');
    now = 20_001;
    expect(() => time.check()).toThrow('starting took longer than 10 seconds');
  });
});

test('a reserve takes real space and gives it free', () => {
  const root = scratchFolder();
  const reserve = new Reserve(machineLayout(root));
  expect(reserve.keep(100_000)).toBe(true);
  const file = join(root, 'var/lib/sysbuild/reserve');
  expect(fs.statSync(file)).toMatchObject({ size: 100_000 });
  expect(fs.statSync(file).blocks * 512).toBeGreaterThanOrEqual(100_000);
  const { ino } = fs.statSync(file);
  expect(reserve.keep(100_000)).toBe(true);
  expect(fs.statSync(file).ino).toBe(ino);
  expect(reserve.release()).toBe(100_000);
  expect(fs.existsSync(file)).toBe(false);
  expect(reserve.release()).toBe(0);
});
