/** Progress displays: plain lines, JSON lines, and the live one, each on a terminal of the test's own. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Activity, type Event } from '../../src/base/events.ts';
import { openDisplay } from '../../src/cli/progress/sinks.ts';
import { theme } from '../../src/cli/render/theme.ts';
import { clearingFirst, type Terminal } from '../../src/cli/terminal.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function recorder(interactive = false): { terminal: Terminal; written: () => string } {
  let text = '';
  const plain = theme(false);
  const terminal: Terminal = {
    interactive,
    width: 60,
    outTheme: plain,
    theme: plain,
    out() {
      throw new Error('progress goes to standard error');
    },
    outBytes() {
      throw new Error('progress goes to standard error');
    },
    err: (more) => void (text += more),
  };
  return { terminal, written: () => text };
}

const drv = '/nix/store/0ybk1f7w8jn6v9r5c4d3s2q1p0mlkjhg-hello-1.0.drv';
const format = 'auto' as const;

test('plain: one line when a build begins, one when it fails, builder output when asked for', () => {
  for (const logs of [false, true]) {
    const { terminal, written } = recorder();
    const display = openDisplay(terminal, { format, logs, quiet: false });
    const build = new Activity(display, 'build', drv);
    build.log('compiling');
    build.progress(1, 2, 'items');
    build.stop(false);
    new Activity(display, 'add', '/src').stop(true);
    display.close();
    const log = logs ? 'hello-1.0> compiling\n' : '';
    expect(written()).toBe(`building ${drv}\n${log}failed: building ${drv}\n`);
  }
});

test('quiet: messages alone', () => {
  const { terminal, written } = recorder(true);
  const display = openDisplay(terminal, { format, logs: false, quiet: true });
  new Activity(display, 'build', drv).stop(false);
  display.emit({ type: 'message', level: 'trace', text: 'here' });
  display.emit({ type: 'message', level: 'warn', text: 'careful' });
  const diagnostic = { severity: 'warning', code: 'lang/warn', message: 'old', trace: [] } as const;
  display.emit({ type: 'diagnostic', diagnostic });
  expect(written()).toBe('trace: here\nwarning: careful\nevaluation warning: old\n');
});

test('json: every event is one line', () => {
  const { terminal, written } = recorder();
  const display = openDisplay(terminal, { format: 'json', logs: false, quiet: false });
  const events: Event[] = [
    { type: 'start', id: 1, kind: 'fetch', subject: 'u\nv' },
    { type: 'progress', id: 1, done: 1, total: 2, unit: 'bytes' },
    { type: 'stop', id: 1, ok: true },
  ];
  for (const event of events) display.emit(event);
  const lines = written().trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line) as Event)).toEqual(events);
});

test('live: nothing for a short run; then what runs, how far and how long; erased at the end', () => {
  const { terminal, written } = recorder(true);
  const display = openDisplay(terminal, { format, logs: false, quiet: false });
  const fetch = new Activity(display, 'fetch', 'mirror://debian/pool/b.deb');
  expect(written()).toBe('');
  vi.advanceTimersByTime(150);
  expect(written()).toBe('');
  fetch.progress(512 * 1024, 1024 * 1024, 'bytes');
  vi.advanceTimersByTime(100);
  expect(written()).toMatch(/downloading …?[a-z:/]*ol\/b\.deb/);
  expect(written()).toContain('512.0 KiB of 1.0 MiB');
  display.emit({ type: 'totals', kind: 'build', expected: 3, running: 1, done: 1, failed: 1 });
  vi.advanceTimersByTime(100);
  expect(written()).toContain('[built 1/3 (1 failed)]');
  fetch.stop(true);
  display.close();
  expect(screen(written())).toBe('');
});

test('live: messages stay above what moves, no line is wider than the terminal', () => {
  const { terminal, written } = recorder(true);
  const display = openDisplay(terminal, { format, logs: true, quiet: false });
  const builds = Array.from(
    { length: 12 },
    (_, i) => new Activity(display, 'build', `${drv.slice(0, -4)}-${'x'.repeat(i * 9)}.drv`),
  );
  vi.advanceTimersByTime(1000);
  builds[0]!.log(`\x1b[31m${'long '.repeat(40)}\x1b[0m`);
  display.emit({ type: 'message', level: 'warn', text: 'careful' });
  vi.advanceTimersByTime(100);
  const shown = screen(written()).split('\n');
  expect(shown).toContain('warning: careful');
  expect(shown).toContain('  … and 4 more');
  expect(shown.filter((line) => !line.includes('>') && line.length > 60)).toEqual([]);
  builds[3]!.stop(false);
  expect(screen(written())).toContain('✗ building');
  display.close();
});

test('live: what is written besides it stays', () => {
  const { terminal, written } = recorder(true);
  const display = openDisplay(terminal, { format, logs: false, quiet: false });
  const beside = clearingFirst(terminal, () => display.clear());
  const build = new Activity(display, 'build', drv);
  vi.advanceTimersByTime(500);
  beside.err('a summary\n');
  build.stop(true);
  display.close();
  expect(screen(written())).toBe('a summary');
});

/** What a terminal shows after these bytes: knows the two control sequences that the display uses. */
function screen(bytes: string): string {
  const lines = [''];
  let row = 0;
  for (const part of bytes.split(/(\r|\n|\x1b\[\d+A|\x1b\[J)/)) {
    const up = /^\x1b\[(\d+)A$/.exec(part);
    if (part === '\n') lines[++row] ??= '';
    else if (up !== null) row -= Number(up[1]);
    else if (part === '\x1b[J') lines.splice(row, lines.length, '');
    else if (part !== '\r') lines[row] += part;
  }
  return lines.join('\n').trimEnd();
}

test('internal-json: activities with the numbers of Nix, each begun before it is told of, and ended', () => {
  const { terminal, written } = recorder();
  const display = openDisplay(terminal, { format: 'internal-json', logs: false, quiet: false });
  display.emit({ type: 'totals', kind: 'build', expected: 2, running: 0, done: 0, failed: 0 });
  display.emit({ type: 'totals', kind: 'fetch', expected: 1, running: 1, done: 0, failed: 0 });
  const build = new Activity(display, 'build', drv);
  build.phase('buildPhase');
  build.log('compiling "it"');
  const copy = new Activity(display, 'substitute', '/nix/store/x');
  copy.progress(5, 10, 'bytes');
  copy.stop(true);
  build.stop(false);
  display.emit({ type: 'message', level: 'warn', text: 'careful' });
  display.close();
  const told = written()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(/^@nix (.*)$/.exec(line)![1]!));
  expect(told).toEqual([
    { action: 'start', id: 1, level: 4, parent: 0, text: '', type: 104, fields: [] },
    { action: 'result', id: 1, type: 105, fields: [0, 2, 0, 0] },
    { action: 'result', id: 1, type: 105, fields: [0, 3, 1, 0] },
    { action: 'start', id: 2, level: 3, parent: 1, text: `building '${drv}'`, type: 105, fields: [drv, '', 1, 1] },
    { action: 'result', id: 2, type: 104, fields: ['buildPhase'] },
    { action: 'result', id: 2, type: 101, fields: ['compiling "it"'] },
    expect.objectContaining({ action: 'start', id: 3, type: 108, fields: ['/nix/store/x', ''] }),
    { action: 'result', id: 3, type: 105, fields: [5, 10, 0, 0] },
    { action: 'stop', id: 3 },
    { action: 'stop', id: 2 },
    { action: 'msg', level: 1, msg: 'careful' },
    { action: 'stop', id: 1 },
  ]);
});
