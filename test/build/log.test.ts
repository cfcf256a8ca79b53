/** Logs: lines as they are told, files as they are kept. */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { findLog, readLog } from '../../src/build/index.ts';
import { LogFile } from '../../src/build/log-file.ts';
import { LogLines } from '../../src/build/log-lines.ts';
import type { StorePath } from '../../src/formats/index.ts';

interface Told {
  readonly lines: string[];
  readonly phases: string[];
  readonly log: LogLines;
}

function listening(keep = 3): Told {
  const lines: string[] = [];
  const phases: string[] = [];
  const log = new LogLines({ log: (line) => lines.push(line), phase: (phase) => phases.push(phase) }, keep);
  return { lines, phases, log };
}

function tell(text: string, keep?: number): Told {
  const told = listening(keep);
  told.log.push(Buffer.from(text));
  told.log.finish();
  return told;
}

describe('lines', () => {
  test('each is told, the last ones are kept', () => {
    const { lines, log } = tell('a\nb\n\nc\nd');
    expect(lines).toEqual(['a', 'b', '', 'c', 'd']);
    expect(log.last()).toEqual(['', 'c', 'd']);
  });

  test('what a carriage return overwrites is not told', () => {
    expect(tell('10%\r50%\r100% done\rok\n').lines).toEqual(['ok0% done']);
    expect(tell('windows\r\n').lines).toEqual(['windows']);
  });

  test('phases', () => {
    const { lines, phases } = tell(
      '@nix {"action":"setPhase","phase":"buildPhase"}\n@nix {"action":"other"}\n@nix broken\n@nixpkgs\n',
    );
    expect([lines, phases]).toEqual([['@nixpkgs'], ['buildPhase']]);
  });

  test('pieces may end anywhere, within a character too', () => {
    const text = 'über\n日本\n\r\nend';
    fc.assert(
      fc.property(fc.array(fc.nat(20), { maxLength: 6 }), (cuts) => {
        const told = listening();
        const bytes = Buffer.from(text);
        let from = 0;
        for (const cut of [...cuts.toSorted((a, b) => a - b), bytes.length]) {
          told.log.push(bytes.subarray(from, Math.max(from, cut)));
          from = Math.max(from, cut);
        }
        told.log.finish();
        expect(told.lines).toEqual(['über', '日本', '', 'end']);
      }),
    );
  });

  test('a line without an end is cut', () => {
    const { lines } = tell(`${'x'.repeat(1_000_000)}\nnext\n`);
    expect(lines.map((line) => line.length)).toEqual([65536, 4]);
  });
});

describe('files', () => {
  const folder = fs.mkdtempSync(join(tmpdir(), 'build-log-'));
  afterAll(() => fs.rmSync(folder, { recursive: true }));
  const drv = (digit: string): StorePath => `/nix/store/${digit.repeat(32)}-a.drv` as StorePath;

  test('plain while it grows, compressed afterwards, under both names', () => {
    const log = new LogFile(folder, [drv('0'), drv('1')]);
    log.write(Buffer.from('one\n'));
    expect(findLog(folder, drv('0'))).toBe(join(folder, `drvs/00/${'0'.repeat(30)}-a.drv`));
    expect(readLog(folder, drv('0'))!.toString()).toBe('one\n');
    log.write(Buffer.from('two\n'));
    expect(log.close()).toBe(join(folder, `drvs/00/${'0'.repeat(30)}-a.drv.zst`));
    expect(readLog(folder, drv('0'))!.toString()).toBe('one\ntwo\n');
    expect(readLog(folder, drv('1'))).toEqual(readLog(folder, drv('0')));
    expect(readLog(folder, drv('2'))).toBeUndefined();
  });

  test('a new log replaces the old one', () => {
    const log = new LogFile(folder, [drv('0')]);
    log.write(Buffer.from('new'));
    expect(readLog(folder, drv('0'))!.toString()).toBe('new');
    log.close();
    expect(readLog(folder, drv('0'))!.toString()).toBe('new');
    expect(fs.readdirSync(join(folder, 'drvs/00'))).toEqual([`${'0'.repeat(30)}-a.drv.zst`]);
  });
});
