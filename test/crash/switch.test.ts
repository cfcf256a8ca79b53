/** A switch after `kill -9` between every two of its steps, and after an error at each of them: see `docs/activation.md`. */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { interruptedSwitch, rollback, switchTo } from '../../src/activate/index.ts';
import { mapBounded } from '../../src/base/async.ts';
import { setFaultHook } from '../../src/base/fault.ts';
import { type RunResult, run } from '../../src/base/process.ts';
import { openScratch, scratchFolder, snapshot } from '../activate/support.ts';
import { beforeSwitch, lostBytes, nextSystem } from '../activate/support-scenario.ts';

const child = new URL('switch-child.ts', import.meta.url).pathname;

/** Modules that a child compiled are not compiled again by the next. */
const compileCache = join(tmpdir(), `sysbuild-compile-cache-${process.pid}`);
afterAll(() => fs.rmSync(compileCache, { recursive: true, force: true }));

const runChild = (root: string, system: string, point: number): Promise<RunResult> =>
  run(process.execPath, [child, root, system, String(point)], {
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
  });

/** A machine before the switch, and what it is before and after. */
async function template() {
  const root = join(scratchFolder(), 'machine');
  const scratch = openScratch(root);
  await beforeSwitch(scratch);
  const system = nextSystem(scratch);
  scratch.store.close();
  return { root, system, before: snapshot(root) };
}

/** A copy with the same inodes' worth of metadata. */
function copyOf(root: string): string {
  const copy = join(scratchFolder(), 'machine');
  fs.cpSync(root, copy, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  return copy;
}

test('killed between every two steps: the next switch ends where an undisturbed one does', async () => {
  const { root, system } = await template();
  const undisturbed = copyOf(root);
  const whole = await runChild(undisturbed, system, 0);
  expect(whole).toMatchObject({ status: 0, stderr: '' });
  const after = snapshot(undisturbed);
  const points = Array.from({ length: Number(whole.stdout) }, (_, index) => index + 1);
  expect(points.length).toBeGreaterThan(100);

  await mapBounded(points, 2, async (point) => {
    const place = copyOf(root);
    expect(await runChild(place, system, point)).toMatchObject({ stderr: '', signal: 'SIGKILL' });
    const scratch = openScratch(place);
    try {
      expect(lostBytes(scratch), `point ${point}`).toEqual([]);
      const report = await switchTo(scratch.machine, system);
      expect(snapshot(place), `point ${point}`).toEqual(after);
      expect(interruptedSwitch(scratch.machine)).toBeUndefined();
      expect(lostBytes(scratch), `point ${point}`).toEqual([]);
      expect(scratch.machine.generations.current()).toMatchObject({ system, number: report.generation });
      expect(await switchTo(scratch.machine, system), `point ${point}`).toMatchObject({ outcome: 'unchanged' });
    } finally {
      scratch.store.close();
      fs.rmSync(place, { recursive: true });
    }
  });
}, 900_000);

test('killed between every two steps: the next rollback recovers as well', async () => {
  const { root, system, before } = await template();
  const points = [20, 60, 100, 110, 120, 130];
  for (const point of points) {
    const place = copyOf(root);
    expect(await runChild(place, system, point)).toMatchObject({ stderr: '', signal: 'SIGKILL' });
    const scratch = openScratch(place);
    const report = await rollback(scratch.machine, 1);
    expect(report.generation).toBe(1);
    // What generation 1 declares is as it was, but for the edit, which is kept aside.
    const expected = { ...before, '/etc/edited': 'file 644 ours' };
    const declared = ['/etc/keep', '/etc/change', '/etc/mode', '/etc/edited', '/etc/gone', '/srv/www'];
    const here = snapshot(place);
    for (const path of declared) expect(here[path], `${path} at point ${point}`).toBe(expected[path as '/etc/edited']);
    expect(lostBytes(scratch)).toEqual([]);
    scratch.store.close();
  }
}, 300_000);

test('an error at each step: all is as it was, or the switch had already been made', async () => {
  const { root, system, before } = await template();
  for (let point = 1; ; point++) {
    const place = copyOf(root);
    const scratch = openScratch(place);
    let passed = 0;
    setFaultHook((name) => {
      if (!name.startsWith('activate/')) return;
      passed += 1;
      if (passed === point) throw new Error('the disk is on fire');
    });
    const outcome = await switchTo(scratch.machine, system).then(
      () => 'done',
      (error: unknown) => (error as { code?: string }).code ?? 'other',
    );
    setFaultHook(undefined);
    if (outcome === 'activate/reverted') {
      expect(snapshot(place), `point ${point}`).toEqual(before);
      expect(interruptedSwitch(scratch.machine)).toBeUndefined();
      expect(scratch.machine.generations.list().map((generation) => generation.number)).toEqual([1]);
    }
    expect(lostBytes(scratch)).toEqual([]);
    expect((await switchTo(scratch.machine, system)).generation).toBeGreaterThan(1);
    scratch.store.close();
    fs.rmSync(place, { recursive: true });
    if (passed < point) break;
  }
}, 900_000);
