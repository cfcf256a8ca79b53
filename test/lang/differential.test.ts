/** Random programs: whatever they do, it ends in a value or an error of the family, and Nix ends in the same. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { evalDifferences } from '../fuzz/lang/eval-differences.ts';
import { Generator } from '../fuzz/lang/generator.ts';
import { Random } from '../fuzz/lang/random.ts';
import { textOf } from '../fuzz/lang/tree.ts';
import { ourAnswers } from '../support/evaluate.ts';
import { oracleTest } from '../support/oracle.ts';

test('random programs end, and most of them in a value', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sysbuild-random-'));
  try {
    const generator = new Generator(new Random(50));
    const files = generator.random
      .times(300, () => textOf(generator.program()))
      .map((text, index) => {
        const file = join(folder, `${index}.nix`);
        writeFileSync(file, text);
        return file;
      });
    const answers = await ourAnswers(files);
    expect(answers.filter((answer) => !answer.startsWith('error:')).length).toBeGreaterThan(150);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

oracleTest('random programs end as they do in the real Nix', async () => {
  const generator = new Generator(new Random(60));
  const found = await evalDifferences(generator.random.times(300, () => generator.program()));
  expect(found.map(({ program, ...answers }) => ({ program: textOf(program), ...answers }))).toEqual([]);
});
