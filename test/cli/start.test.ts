/** The start of the program: with and without the compiled code of earlier runs. */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { run } from '../../src/base/process.ts';

const scratch = fs.mkdtempSync(join(tmpdir(), 'start-'));
afterAll(() => fs.rmSync(scratch, { recursive: true }));

const code = join(scratch, 'sysbuild/code');

async function one(home = scratch): Promise<string> {
  const program = new URL('../../bin/sysbuild', import.meta.url).pathname;
  const env = { PATH: process.env['PATH'], XDG_CACHE_HOME: home };
  const { status, stdout, stderr } = await run(program, ['eval', '--no-eval-cache', '-E', '1 + 1'], { env });
  return `${status} ${stdout}${stderr}`;
}

const cached = (): string => join(code, fs.readdirSync(code)[0]!);

test('compiled code is kept once, and made again where it was cut short', async () => {
  expect(await one()).toBe('0 2\n');
  expect(fs.readdirSync(code)).toHaveLength(1);
  const { size } = fs.statSync(cached());
  for (const length of [0, 500, 5000]) {
    fs.truncateSync(cached(), length);
    expect(await one()).toBe('0 2\n');
    expect(fs.statSync(cached()).size).toBeGreaterThan(size / 2);
  }
});

test('nothing is kept where nothing can be', async () => {
  const file = join(scratch, 'file');
  fs.writeFileSync(file, '');
  expect(await one(file)).toBe('0 2\n');
});
