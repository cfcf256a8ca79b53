/** Logs: lines as they are told, files as they are kept. */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { findLog, followLog, readLog } from '../../src/build/index.ts';
import { isGrowing, LogFile } from '../../src/build/log-file.ts';
import { LogLines } from '../../src/build/log-lines.ts';
import type { StorePath } from '../../src/formats/index.ts';
import { oracle, oracleTest } from '../support/oracle.ts';

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

  const nameOf = (path: string | undefined): string => path!.replace(/^.*-a\.drv/, '');

  test('a short log stays as it is, under both names from the beginning', async () => {
    const log = new LogFile(folder, [drv('0'), drv('1')]);
    log.write(Buffer.from('one\n'));
    expect(findLog(folder, drv('0'))).toBe(join(folder, `drvs/00/${'0'.repeat(30)}-a.drv`));
    expect((await readLog(folder, drv('1')))!.toString()).toBe('one\n');
    expect(isGrowing(findLog(folder, drv('1'))!)).toBe(true);
    log.write(Buffer.from('two\n'));
    expect(await log.close()).toBe(join(folder, `drvs/00/${'0'.repeat(30)}-a.drv`));
    expect(isGrowing(findLog(folder, drv('1'))!)).toBe(false);
    expect((await readLog(folder, drv('0')))!.toString()).toBe('one\ntwo\n');
    expect(await readLog(folder, drv('1'))).toEqual(await readLog(folder, drv('0')));
    expect(await readLog(folder, drv('2'))).toBeUndefined();
  });

  test.each(['.bz2', '.zst'])('a long log is compressed (%s)', async (extension) => {
    if (extension === '.zst') vi.stubEnv('PATH', '/nowhere');
    const log = new LogFile(folder, [drv('4'), drv('5')]);
    const text = 'x'.repeat(100_000);
    log.write(Buffer.from(text));
    await log.close();
    vi.unstubAllEnvs();
    for (const name of ['4', '5']) {
      expect(nameOf(findLog(folder, drv(name)))).toBe(extension);
      expect((await readLog(folder, drv(name)))!.toString()).toBe(text);
    }
    expect(fs.readdirSync(join(folder, 'drvs/44')).length).toBe(1);
  });

  test('a new log replaces the old one, whatever its form', async () => {
    for (const size of [10, 100_000, 20]) {
      const log = new LogFile(folder, [drv('6')]);
      log.write(Buffer.alloc(size, 'n'));
      expect((await readLog(folder, drv('6')))!.length).toBe(size);
      await log.close();
      expect((await readLog(folder, drv('6')))!.length).toBe(size);
      expect(fs.readdirSync(join(folder, 'drvs/66')).length).toBe(1);
    }
  });

  test('a log is followed until its build has ended', async () => {
    const log = new LogFile(folder, [drv('7')]);
    log.write(Buffer.from('begins\n'));
    let seen = '';
    const follow = followLog(
      folder,
      drv('7'),
      (bytes) => void (seen += Buffer.from(bytes).toString()),
      new AbortController().signal,
    );
    let text = 'begins\n';
    for (let i = 0; i < 40; i++) {
      const line = `${i} ${'.'.repeat(1000)}\n`;
      log.write(Buffer.from(line));
      text += line;
      await sleep(10);
    }
    await log.close();
    expect(await follow).toBe(true);
    expect(seen).toBe(text);
    expect(nameOf(findLog(folder, drv('7')))).not.toBe('');
    seen = '';
    await followLog(
      folder,
      drv('7'),
      (bytes) => void (seen += Buffer.from(bytes).toString()),
      new AbortController().signal,
    );
    expect(seen).toBe(text);
    expect(await followLog(folder, drv('8'), () => {}, new AbortController().signal)).toBe(false);
  });

  test('following ends when it is told to', async () => {
    const log = new LogFile(folder, [drv('9')]);
    const ending = new AbortController();
    const follow = followLog(folder, drv('9'), () => {}, ending.signal);
    ending.abort();
    await expect(follow).rejects.toThrow(/abort/i);
    await log.close();
  });

  oracleTest('the real Nix reads our logs, short and long', async () => {
    const root = fs.mkdtempSync(join(tmpdir(), 'build-log-nix-'));
    const logDir = join(root, 'nix/var/log/nix');
    fs.mkdirSync(join(root, 'nix/store'), { recursive: true });
    for (const [digit, size] of [
      ['a', 5],
      ['b', 50_000],
    ] as const) {
      const log = new LogFile(logDir, [drv(digit)]);
      const text = Buffer.alloc(size, `${digit}\n`);
      log.write(text);
      await log.close();
      const { stdout, stderr } = await oracle(['--store', join(root, 'nix'), 'nix-store', '-l', drv(digit)]);
      expect(stdout, stderr).toBe(text.toString());
    }
    fs.rmSync(root, { recursive: true });
  });
});
