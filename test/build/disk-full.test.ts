/** A disk that becomes full at each place where a build writes: it is said, nothing is half-made, the next one works. */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../../src/base/process.ts';
import { busyboxTree } from '../support/busybox.ts';

test('a full disk', async () => {
  const folder = fs.mkdtempSync(join(tmpdir(), 'build-full-'));
  fs.mkdirSync(join(folder, 'small'));
  const size = String(44 * 1024 * 1024);
  const mounts = ['--dev-bind', '/', '/', '--size', size, '--tmpfs', join(folder, 'small')];
  const child = new URL('./disk-full-child.ts', import.meta.url).pathname;
  const env = { ...process.env, XDG_CACHE_HOME: join(busyboxTree(), '../..') };
  const words = [...mounts, '--die-with-parent', process.execPath, child, join(folder, 'small'), folder];
  const result = await run('bwrap', words, { env });
  expect(result.stderr).toBe('');
  const full = 'build/disk-full';
  expect(JSON.parse(result.stdout)).toEqual({
    said: { output: full, folder: full, log: full, fetch: full, rewriting: full },
    problems: [],
    leftovers: [],
  });
  fs.rmSync(folder, { recursive: true });
}, 300_000);
