/**
 * Compares with the real Nix, on random and mostly wrong programs, the errors (word for word, place for place) and the
 * trees of what parses:
 *
 *     node test/fuzz/lang/parse-differences.ts [COUNT] [SEED] [FILE.nix…]
 *
 * With files, their damaged text is used as well. Differences are printed with the smallest program that shows them;
 * the exit code is 1 when there are any.
 */
import { readFileSync } from 'node:fs';
import { nixOutcomeAlone, nixOutcomes, type Outcome, ourOutcome, prints } from './parse-oracle.ts';
import { Random } from './random.ts';
import { bindingSoup, damaged, formalsSoup, randomBytes, tokenSoup } from './token-soup.ts';

export interface Difference {
  readonly program: string;
  readonly ours: Outcome;
  readonly nix: Outcome;
}

/** Soup, damaged text or bytes. */
export function wrongProgram(random: Random, texts: readonly string[]): string {
  const kind = random.int(10);
  if (kind < 5 && texts.length > 0) return damaged(random, random.pick(texts));
  if (kind < 7) return tokenSoup(random, 12);
  if (kind < 9) return random.chance(0.8) ? bindingSoup(random, 2) : formalsSoup(random);
  return randomBytes(random, 30);
}

/** In the error of what does not parse, and in the tree of what does. */
export async function differences(programs: readonly string[]): Promise<Difference[]> {
  const ours = programs.map(ourOutcome);
  const doubts = compared(programs, ours, await nixOutcomes(programs));
  const asked = await Promise.all(doubts.map(async (one) => ({ ...one, nix: await nixOutcomeAlone(one.program) })));
  const errors = asked.filter((one) => one.ours !== one.nix);
  if (errors.length > 0) return errors;
  const right = programs.filter((_, index) => ours[index] === 'parsed');
  const trees = await prints(right);
  return compared(right, trees.ours, trees.nix);
}

function compared(programs: readonly string[], ours: readonly Outcome[], theirs: readonly Outcome[]): Difference[] {
  return programs
    .map((program, index) => ({ program, ours: ours[index]!, nix: theirs[index]! }))
    .filter(({ ours, nix }) => ours !== nix);
}

/** The smallest text found that still makes a difference, by leaving out pieces. */
export async function shrunk(difference: Difference): Promise<Difference> {
  let best = difference;
  for (let size = best.program.length >> 1; size >= 1; size >>= 1) {
    for (;;) {
      const { program } = best;
      const cuts = Array.from({ length: Math.ceil(program.length / size) }, (_, index) => index * size);
      const tries = cuts.map((at) => program.slice(0, at) + program.slice(at + size));
      const found = tries.length === 0 ? [] : await differences(tries);
      if (found.length === 0) break;
      best = found[0]!;
    }
  }
  return best;
}

async function main(count: number, seed: number, files: readonly string[]): Promise<void> {
  const random = new Random(seed);
  const texts = files.map((file) => readFileSync(file, 'latin1')).filter((text) => text.length < 6000);
  let found = 0;
  for (let done = 0; done < count; done += 500) {
    const programs = random.times(Math.min(500, count - done), () => wrongProgram(random, texts));
    for (const difference of (await differences(programs)).slice(0, 5)) {
      found++;
      process.stdout.write(`${JSON.stringify(await shrunk(difference), undefined, 2)}\n`);
    }
  }
  process.stdout.write(`${count} programs of seed ${seed}, ${found} differences shown\n`);
  process.exitCode = found > 0 ? 1 : 0;
}

if (import.meta.main) {
  const [count = '1000', seed = '1', ...files] = process.argv.slice(2);
  await main(Number(count), Number(seed), files);
}
