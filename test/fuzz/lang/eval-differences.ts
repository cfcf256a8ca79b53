/**
 * Compares values and errors with the real Nix on random programs:
 *
 *     node test/fuzz/lang/eval-differences.ts [COUNT] [SEED]
 *
 * Differences are printed with the smallest program that shows them; the exit code is 1 when there are any.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Answer, nixAnswer, nixAnswers, ourAnswerAlone, ourAnswers } from '../../support/evaluate.ts';
import { Generator } from './generator.ts';
import { Random } from './random.ts';
import { smaller, type Tree, textOf } from './tree.ts';

export interface EvalDifference {
  readonly program: Tree;
  readonly ours: Answer;
  readonly nix: Answer;
}

export async function evalDifferences(programs: readonly Tree[]): Promise<EvalDifference[]> {
  if (programs.length === 0) return [];
  const folder = mkdtempSync(join(tmpdir(), 'sysbuild-eval-'));
  try {
    const files = programs.map((_, index) => join(folder, `${index}.nix`));
    for (const [index, program] of programs.entries()) writeFileSync(files[index]!, textOf(program));
    const ours = await ourAnswers(files);
    const theirs = await nixAnswers(files, (index) => ours[index]!.startsWith('error:'));
    const different = programs.map((_, index) => index).filter((index) => !same(ours[index]!, theirs[index]!));
    const alone = await Promise.all(different.map((index) => askedAlone(programs[index]!, files[index]!)));
    return alone.filter((one) => !same(one.ours, one.nix));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Nix indents what follows the first line of a message, and expands tabs; it tells of all mistakes in TOML. */
const same = (a: Answer, b: Answer): boolean => normal(a) === normal(b);

const normal = (answer: Answer): string =>
  answer
    .replace(/(while parsing TOML: \[error\][\s\S]*?)\[error\][\s\S]*/, '$1')
    .replace(/\s+/g, ' ')
    .trimEnd();

/** What is evaluated first depends on the names that a process has met before: in doubt both get processes of their own. */
async function askedAlone(program: Tree, file: string): Promise<EvalDifference> {
  return { program, ours: await ourAnswerAlone(file), nix: await nixAnswer(file) };
}

/** The smallest program found that still makes a difference. */
export async function smallest(difference: EvalDifference): Promise<EvalDifference> {
  let best = difference;
  for (;;) {
    const found = await firstDifference(smaller(best.program).slice(0, 400));
    if (found === undefined) return best;
    best = found;
  }
}

async function firstDifference(programs: readonly Tree[]): Promise<EvalDifference | undefined> {
  for (let at = 0; at < programs.length; at += 50) {
    const found = await evalDifferences(programs.slice(at, at + 50));
    if (found.length > 0) return found[0];
  }
  return undefined;
}

async function main(count: number, seed: number): Promise<void> {
  const generator = new Generator(new Random(seed));
  let found = 0;
  for (let done = 0; done < count; done += 200) {
    const programs = generator.random.times(Math.min(200, count - done), () => generator.program());
    for (const difference of (await evalDifferences(programs)).slice(0, 3)) {
      found++;
      const { program, ours, nix } = await smallest(difference);
      process.stdout.write(`${textOf(program)}\n  sysbuild: ${ours}\n  nix:      ${nix}\n`);
    }
  }
  process.stdout.write(`${count} programs of seed ${seed}, ${found} differences shown\n`);
  process.exitCode = found > 0 ? 1 : 0;
}

if (import.meta.main) {
  const [count = '1000', seed = '1'] = process.argv.slice(2);
  await main(Number(count), Number(seed));
}
