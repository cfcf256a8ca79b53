/**
 * The module library, by programs with expected results in `test/golden/modules`: `NAME.exp` is a value as JSON,
 * `NAME.err` the last part of an error. The same programs run on sysbuild and on the real Nix.
 */
import { existsSync, readFileSync } from 'node:fs';
import fg from 'fast-glob';
import { describe, expect, test } from 'vitest';
import { type RunResult, run } from '../../src/base/process.ts';
import { expectGolden, goldenRoot, updatingGolden } from '../support/golden.ts';
import { oracle, oracleTest } from '../support/oracle.ts';

const root = new URL('../..', import.meta.url).pathname.replace(/\/$/, '');
const names = fg.sync('*.nix', { cwd: `${goldenRoot}modules` }).map((file) => file.replace(/\.nix$/, ''));
const programOf = (name: string): string => `${goldenRoot}modules/${name}.nix`;

/** The result of a program: a value as JSON, or the words of its error without the trace. */
function resultOf(run: RunResult): { value: string | undefined; error: string | undefined } {
  const clean = (text: string): string => text.replaceAll(root, '<root>');
  if (run.status === 0) return { value: `${JSON.stringify(JSON.parse(run.stdout), null, 2)}\n`, error: undefined };
  const lines = clean(run.stderr).trimEnd().split('\n');
  const start = lines.findLastIndex((line) => /^ *error: ./.test(line));
  const indent = lines[start]?.search(/\S/) ?? 0;
  // Without a trace, the lines after the first stand below its words.
  const words = lines.slice(start).map((line) => line.slice(indent).replace(/^ {7}/, '').trimEnd());
  return { value: undefined, error: `${words.join('\n')}\n` };
}

type Evaluate = (names: readonly string[]) => Promise<RunResult>;

const sysbuild: Evaluate = (names) =>
  run(`${root}/bin/sysbuild`, ['eval', '--strict', '--json', '--store', 'dummy://', ...names.map(programOf)]);

const nix: Evaluate = (names) =>
  oracle(['nix-instantiate', '--eval', '--strict', '--json', '--store', 'dummy://', ...names.map(programOf)]);

/** Programs that have a value are evaluated by one process, and by themselves only where that fails. */
function evaluated(evaluate: Evaluate): (name: string) => Promise<RunResult> {
  const fine = names.filter((name) => !name.startsWith('fail-'));
  let all: Promise<RunResult> | undefined;
  return async (name) => {
    const place = fine.indexOf(name);
    if (place === -1) return evaluate([name]);
    all ??= evaluate(fine);
    const { status, stdout } = await all;
    const line = stdout.split('\n')[place];
    return status === 0 && line !== undefined ? { ...(await all), stdout: line } : evaluate([name]);
  };
}

describe('sysbuild', () => {
  const ours = evaluated(sysbuild);
  test.each(names)('%s', async (name) => {
    const { value, error } = resultOf(await ours(name));
    expectGolden(`modules/${name}.exp`, value);
    expectGolden(`modules/${name}.err`, error);
    expect(error !== undefined).toBe(name.startsWith('fail-'));
  });
});

test('an infinite recursion through `imports` comes with a hint', async () => {
  const { stderr } = await sysbuild(['parts/imports-config']);
  expect(stderr).toMatch(/infinite recursion here mostly comes from `imports'[\s\S]*error: infinite recursion/);
});

describe('the real Nix says the same', () => {
  const theirs = evaluated(nix);
  for (const name of names) {
    oracleTest(name, async () => {
      if (updatingGolden) return;
      const { value, error } = resultOf(await theirs(name));
      const expected = (kind: string): string | undefined => {
        const file = `${goldenRoot}modules/${name}.${kind}`;
        return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
      };
      expect(value).toBe(expected('exp'));
      expect(error).toBe(expected('err'));
    });
  }
});
