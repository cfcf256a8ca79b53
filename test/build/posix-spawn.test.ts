/** Programs started through the C library: the same as by Node, without its cost. */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { type SpawnRequest, spawnCalls, withoutSpawnCalls } from '../../src/base/posix-spawn.ts';
import { Scratch } from './support.ts';

const folder = fs.mkdtempSync(join(tmpdir(), 'build-spawn-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

const file = join(folder, 'output');
const opened = (flags: string, path = file): number => fs.openSync(path, flags);

/** Runs a line of shell; its output, and how it ended. */
async function shell(line: string, request: Partial<SpawnRequest> = {}, extra: readonly number[] = []) {
  const [nothing, output] = [opened('r', '/dev/null'), opened('w')];
  const usual = {
    program: '/bin/sh',
    args: ['-c', line],
    cwd: '/',
    env: {},
    descriptors: [nothing, output, output, ...extra],
  };
  try {
    const { ended } = await spawnCalls()!.spawn({ ...usual, ...request });
    const end = await ended;
    return { ...end, output: fs.readFileSync(file, 'utf8') };
  } finally {
    for (const fd of [nothing, output]) fs.closeSync(fd);
  }
}

// Where the calls are not there, programs are started by Node: the rest of the tests is about that then.
describe.runIf(spawnCalls() !== undefined)('posix_spawn', () => {
  test('status, signal, folder and environment', async () => {
    expect(await shell('exit 7')).toMatchObject({ status: 7, signal: null });
    expect(await shell('kill -TERM $$')).toMatchObject({ status: null, signal: 'SIGTERM' });
    expect((await shell('pwd; echo "$A|$B"', { cwd: folder, env: { A: 'ä b', B: undefined } })).output).toBe(
      `${folder}\nä b|\n`,
    );
  });

  test('many at once, each with its own end', async () => {
    const nothing = opened('r+', '/dev/null');
    const ends = await Promise.all(
      Array.from({ length: 50 }, async (_, i) => {
        const descriptors = [nothing, nothing, nothing];
        const { ended } = await spawnCalls()!.spawn({
          program: 'sh',
          args: ['-c', `exit ${i}`],
          cwd: '/',
          env: {},
          descriptors,
        });
        return (await ended).status;
      }),
    );
    fs.closeSync(nothing);
    expect(ends).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });

  test('no signal is ignored or blocked, and it leads a session of its own', async () => {
    const { output } = await shell(
      'grep -E "^Sig(Ign|Blk)" /proc/self/status | sort; ps -o sid= -p $$ 2>/dev/null || :',
    );
    expect(output).toMatch(/^SigBlk:\t0{16}\nSigIgn:\t0{16}\n/);
  });

  test('descriptors are those that were named, in any order, and no others', async () => {
    const files = Array.from({ length: 4 }, (_, i) => join(folder, `fd-${i}`));
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([0, 1, 2, 3], { minLength: 1 }), async (order) => {
        const fds = files.map((path) => opened('w', path));
        const line = `${order.map((index, i) => `echo ${index} >&${i + 3}`).join('; ')}; ls /proc/self/fd | wc -l`;
        const { output } = await shell(
          line,
          {},
          order.map((index) => fds[index]!),
        );
        for (const fd of fds) fs.closeSync(fd);
        for (const [index, path] of files.entries()) {
          expect(fs.readFileSync(path, 'utf8')).toBe(order.includes(index) ? `${index}\n` : '');
        }
        // 0, 1 and 2, the others, and the one by which ls reads the folder.
        expect(Number(output)).toBe(order.length + 4);
      }),
      { numRuns: 15 },
    );
  });

  test('a program that is not there', async () => {
    await expect(shell('', { program: '/no/such/program' })).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(shell('', { program: folder })).rejects.toMatchObject({ code: 'EACCES' });
    await expect(shell('', { cwd: '/no/such/folder' })).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('without these calls', () => {
  afterEach(() => withoutSpawnCalls(false));

  test('builders are started by Node, and end the same', async () => {
    withoutSpawnCalls(true);
    const scratch = new Scratch();
    const out = await scratch.out(scratch.derivation({ name: 'plain', script: 'echo said; echo plain > $out' }));
    expect(fs.readFileSync(out, 'utf8')).toBe('plain\n');
    expect(scratch.sink.log).toEqual(['said']);
    const failing = scratch.derivation({ name: 'bad', script: 'kill -9 $$' });
    await expect(scratch.build(failing)).rejects.toThrow('was ended by signal 9');
    expect(scratch.leftovers()).toEqual([]);
    scratch.remove();
  });
});
