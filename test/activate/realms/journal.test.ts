/** The ordering journal: what is appended is read again, crashes cut off no more than the last line, tampering is told. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { machineLayout } from '../../../src/activate/layout.ts';
import { type JournalReading, lineAfter, readChain } from '../../../src/activate/realms/journal/chain.ts';
import { ChangeJournal } from '../../../src/activate/realms/journal/change-journal.ts';
import { setFaultHook } from '../../../src/base/fault.ts';
import { scratchFolder } from '../support.ts';

const author = { by: 'tester (pid 1)', now: () => new Date('2026-01-02T03:04:05Z') };
const open = () => {
  const root = scratchFolder();
  const layout = machineLayout(root);
  return { journal: new ChangeJournal(layout), file: join(layout.state, 'journal') };
};
const change = (what: string) => ({ kind: 'repair', what }) as const;
const whats = (reading: JournalReading): string[] => reading.entries.map(({ what }) => what);

/** A chain in memory, as lines with the head of its end. */
function chainOf(names: readonly string[]) {
  let reading = readChain('');
  let text = '';
  for (const name of names) {
    text += `${lineAfter(reading.head, change(name), '2026-01-01T00:00:00Z', 'x')}\n`;
    reading = readChain(text);
  }
  return { lines: text.trimEnd().split('\n'), head: reading.head };
}

describe('appending', () => {
  test('gives numbers, dates and the digest of the line before', () => {
    const { journal } = open();
    journal.record(author, change('one'), { kind: 'switch', what: 'two', details: { generation: 3 } });
    journal.record(author, change('three'));
    const reading = journal.read();
    expect(reading.problems).toEqual([]);
    expect(reading.entries.map(({ number, kind, what }) => [number, kind, what])).toEqual([
      [1, 'repair', 'one'],
      [2, 'switch', 'two'],
      [3, 'repair', 'three'],
    ]);
    expect(reading.entries[1]).toMatchObject({
      by: 'tester (pid 1)',
      at: '2026-01-02T03:04:05.000Z',
      details: { generation: 3 },
    });
  });

  test('goes on after lines longer than what is read from the end', () => {
    const { journal } = open();
    journal.record(author, { kind: 'switch', what: 'long', details: { text: 'x'.repeat(300_000) } });
    journal.record(author, change('after'));
    expect(journal.read()).toMatchObject({ problems: [], entries: [{ number: 1 }, { number: 2, what: 'after' }] });
  });

  test.each(['{"number":2,"at":"20', 'x', ' '.repeat(100_000)])('heals a line that was cut off: %.20s', (torn) => {
    const { journal, file } = open();
    journal.record(author, change('one'));
    fs.appendFileSync(file, torn);
    expect(journal.read()).toMatchObject({ torn, problems: [] });
    journal.record(author, change('two'));
    const reading = journal.read();
    expect(reading.problems).toEqual([]);
    expect(whats(reading)).toEqual(['one', 'a line that was cut off was removed', 'two']);
    expect(reading.entries[1]!.details).toEqual({ bytes: torn.length });
  });

  test('a first line that was cut off is healed too', () => {
    const { journal, file } = open();
    journal.record(author, change('one'));
    fs.truncateSync(file, 10);
    fs.rmSync(`${file}.head`);
    journal.record(author, change('two'));
    expect(journal.read()).toMatchObject({ problems: [], entries: [{ number: 1, kind: 'journal' }, { number: 2 }] });
  });

  test.each(['journal/append', 'journal/written', 'journal/synced'])('an end at %s leaves a good journal', (point) => {
    const { journal } = open();
    journal.record(author, change('one'), change('two'));
    setFaultHook((at) => {
      if (at === point) throw new Error('the end');
    });
    try {
      expect(() => journal.record(author, change('three'))).toThrow('the end');
    } finally {
      setFaultHook(undefined);
    }
    expect(journal.read().problems).toEqual([]);
    journal.record(author, change('four'));
    const reading = journal.read();
    expect(reading.problems).toEqual([]);
    expect(whats(reading).at(-1)).toBe('four');
  });
});

describe('tampering', () => {
  const names = ['a', 'b', 'c', 'd', 'e'];

  test('an untouched chain has no problems', () => {
    const { lines, head } = chainOf(names);
    expect(readChain(`${lines.join('\n')}\n`, head).problems).toEqual([]);
  });

  test('any changed line is told, with its place', () => {
    const { lines, head } = chainOf(names);
    for (const [index] of lines.entries()) {
      const changed = lines.with(index, lines[index]!.replace('"what":"', '"what":"not '));
      const { problems } = readChain(`${changed.join('\n')}\n`, head);
      expect(
        problems.map(({ line }) => line),
        `line ${index + 1}`,
      ).toContain(index + 1);
    }
  });

  test('any line that was removed, doubled or swapped is told', () => {
    const { lines, head } = chainOf(names);
    const place = fc.nat(lines.length - 1);
    fc.assert(
      fc.property(place, place, fc.constantFrom('remove', 'double', 'swap'), (a, b, how) => {
        const other = [...lines];
        if (how === 'remove') other.splice(a, 1);
        else if (how === 'double') other.splice(b, 0, lines[a]!);
        else [other[a], other[b]] = [other[b]!, other[a]!];
        const text = `${other.join('\n')}\n`;
        const same = other.join('\n') === lines.join('\n');
        return readChain(text, head).problems.length === 0 ? same : !same;
      }),
    );
  });

  test('an end that was cut off is told', () => {
    const { lines, head } = chainOf(names);
    expect(readChain(`${lines.slice(0, 3).join('\n')}\n`, head).problems).toEqual([
      { line: 4, problem: 'the last 2 lines are missing' },
    ]);
    expect(readChain('', head).problems).toHaveLength(1);
  });

  test('a chain that goes on without us is told', () => {
    const { lines, head } = chainOf(names);
    const longer = chainOf([...names, 'f', 'g']).lines;
    expect(longer.slice(0, 5)).toEqual(lines);
    expect(readChain(`${longer.join('\n')}\n`, head).problems).toMatchObject([{ line: 6 }]);
  });

  test('no text makes it fail', () => {
    fc.assert(fc.property(fc.string(), (text) => readChain(text).entries.length >= 0));
  });
});
