/** Several processes on one store. */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../../src/base/process.ts';
import { removeTree } from '../../src/store/index.ts';
import { Scratch } from './support.ts';

const child = new URL('./processes-child.ts', import.meta.url).pathname;

interface Answer {
  readonly built: readonly string[];
  readonly waited: boolean;
  readonly out: string;
}

test('clients that build the same build each derivation once, and wait for each other', async () => {
  const folder = fs.mkdtempSync(join(tmpdir(), 'build-clients-'));
  fs.mkdirSync(join(folder, 'shared'));
  new Scratch(join(folder, 'shared')).store.close();
  const env = { ...process.env, NODE_COMPILE_CACHE: join(folder, 'compiled') };
  const clients = Array.from({ length: 4 }, () =>
    run(process.execPath, [child, join(folder, 'shared'), '0.3'], { env }),
  );
  const results = await Promise.all(clients);
  for (const result of results) expect(result.stderr).toBe('');
  const answers = results.map((result) => JSON.parse(result.stdout) as Answer);
  const built = answers.flatMap((answer) => answer.built);
  expect(built.length).toBe(5);
  expect(new Set(built).size).toBe(5);
  expect(new Set(answers.map((answer) => answer.out)).size).toBe(1);
  expect(answers.some((answer) => answer.waited)).toBe(true);
  const scratch = new Scratch(join(folder, 'shared'));
  expect(await scratch.store.verify({ checkContents: true })).toEqual([]);
  expect(scratch.leftovers().filter((name) => !name.endsWith('.lock'))).toEqual([]);
  scratch.store.close();
  removeTree(folder);
}, 300_000);
