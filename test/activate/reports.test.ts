/** The reports of runs: what each leaves, and how many are kept. */
import { expect, test } from 'vitest';
import { listReports, readReport, rollback, switchTo } from '../../src/activate/index.ts';
import { machineLayout } from '../../src/activate/layout.ts';
import { addReport, type RunReport } from '../../src/activate/reports.ts';
import { makeSystem, putByHand, scratchFolder, scratchMachine } from './support.ts';

test('every run leaves one: what was done, put right, kept aside and left', async () => {
  const scratch = scratchMachine();
  const { layout } = scratch.machine;
  putByHand(scratch.root, { '/etc/theirs': 'theirs' });
  const first = makeSystem(scratch.store, { files: { '/etc/a': 'a', '/etc/theirs': 'ours', '/etc/gone': 'g' } });
  await switchTo(scratch.machine, first);
  expect(listReports(layout)).toHaveLength(1);
  expect(readReport(layout, 1)).toMatchObject({ number: 1, verb: 'switch', by: 'tester (pid 1)', outcome: 'switched' });
  expect(readReport(layout, 1)!.lines).toEqual(
    expect.arrayContaining([
      { what: 'create /etc/a', outcome: 'done', why: 'new' },
      { what: 'replace /etc/theirs', outcome: 'done', why: 'was in the way; what was there is kept' },
      { what: '/etc/theirs', outcome: 'kept', why: expect.stringContaining('backups/1/content') },
    ]),
  );
  await switchTo(scratch.machine, first);
  expect(readReport(layout, 2)).toMatchObject({ outcome: 'unchanged', lines: [] });
  putByHand(scratch.root, { '/etc/a': 'edited' });
  await switchTo(scratch.machine, first);
  expect(readReport(layout, 3)!.lines).toContainEqual(
    expect.objectContaining({ what: 'replace /etc/a', outcome: 'repaired' }),
  );
  await expect(rollback(scratch.machine)).rejects.toThrow();
  expect(readReport(layout, 4)).toMatchObject({
    verb: 'rollback',
    outcome: 'failed',
    error: { code: 'activate/no-generation' },
  });
  for (const { parts } of listReports(layout))
    for (const part of parts) expect(part.milliseconds).toBeGreaterThanOrEqual(0);
});

test('the newest are kept', () => {
  const layout = machineLayout(scratchFolder());
  const report: Omit<RunReport, 'number'> = {
    ...{ verb: 'switch', by: 'x', startedAt: '', milliseconds: 0, parts: [], outcome: 'unchanged' },
    ...{ from: undefined, to: undefined, lines: [], error: undefined },
  };
  for (let count = 0; count < 205; count++) addReport(layout, report);
  const numbers = listReports(layout).map((one) => one.number);
  expect(numbers).toHaveLength(200);
  expect([numbers[0], numbers.at(-1)]).toEqual([6, 205]);
  expect(readReport(layout, 5)).toBeUndefined();
});
