/** The journal: what each state of it on disk stands for. */
import * as fs from 'node:fs';
import { expect, test } from 'vitest';
import { noMemory } from '../../src/activate/accounts/account-values.ts';
import { Journal, type JournalHead, readInterrupted } from '../../src/activate/journal.ts';
import { machineLayout } from '../../src/activate/layout.ts';
import { scratchFolder } from './support.ts';

const head: JournalHead = {
  version: 2,
  id: 'x',
  startedAt: '2026-01-01T00:00:00.000Z',
  by: 'tester',
  from: undefined,
  to: { generation: 1, system: '/nix/store/ö', isNew: true },
  moves: [],
  verb: 'switch',
  onTrial: false,
  trialBefore: undefined,
  accounts: { lines: [], homes: [], memory: noMemory, memoryBefore: noMemory },
  live: undefined,
};

function started() {
  const layout = machineLayout(scratchFolder());
  fs.mkdirSync(layout.state, { recursive: true });
  return { layout, journal: Journal.begin(layout, head) };
}

test('its phases are read back, and its end leaves nothing', () => {
  const { layout, journal } = started();
  expect(readInterrupted(layout)).toEqual({ head, phase: 'begin', phases: ['begin'] });
  for (const phase of ['prepared', 'undoing'] as const) {
    journal.enter(phase);
    expect(readInterrupted(layout)?.phase).toBe(phase);
  }
  journal.end();
  expect(readInterrupted(layout)).toBeUndefined();
});

test('goes on where it was left', () => {
  const { layout, journal } = started();
  journal.enter('prepared');
  journal.abandon();
  const resumed = Journal.resume(layout);
  resumed.enter('committed');
  resumed.abandon();
  expect(readInterrupted(layout)?.phase).toBe('committed');
});

test('cut off anywhere, it stands for a state that was', () => {
  const { layout, journal } = started();
  journal.enter('prepared');
  journal.enter('committed');
  journal.abandon();
  const whole = fs.readFileSync(layout.journal);
  for (let length = 0; length < whole.length; length++) {
    fs.writeFileSync(layout.journal, whole.subarray(0, length));
    const phases = ['begin', 'prepared', 'committed', undefined];
    expect(phases).toContain(readInterrupted(layout)?.phase);
  }
});

test('lines take no more room than was made for them', () => {
  const { layout, journal } = started();
  const { size } = fs.statSync(layout.journal);
  const most = ['prepared', 'stopped', 'swapped', 'healthy', 'undoing', 'undoing', 'undoing'] as const;
  for (const phase of most) journal.enter(phase);
  expect(fs.statSync(layout.journal).size).toBe(size);
});

test('of another version, or damaged, it is refused and left', () => {
  const { layout } = started();
  fs.writeFileSync(layout.journal, '{"version":1}\n');
  expect(() => readInterrupted(layout)).toThrow('another version');
  fs.writeFileSync(layout.journal, 'rubbish\n');
  expect(() => readInterrupted(layout)).toThrow('its first line is damaged');
  expect(fs.existsSync(layout.journal)).toBe(true);
});
