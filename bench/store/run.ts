/**
 * The store beside the real Nix, in turn, one table of ratios. Needs `REFERENCE_NIX` (a command that runs its arguments
 * with Nix 2.34 on the path; `--store DIR` before them mounts DIR at /nix), bash and GNU time.
 *
 *     npm run bench:store -- [--scale 1] [--runs 3] [--only RE] [--keep]
 *
 * At scale 1: 20,000 files, 1 GiB, 100,000 paths, 1,000 copies. What is written is compared in two ways: `synced`, where
 * both have it on disk before it is registered (our default; Nix's setting fsync-store-paths), and `unsynced`, where
 * neither has (Nix's default; our --no-fsync-store-paths). Whole processes are measured, their start included.
 */
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { runSync } from '../../src/base/process.ts';
import { removeTree } from '../../src/store/index.ts';
import { type Comparison, type Contender, type Figures, formatRow, heading, once } from '../support/pairs.ts';
import { type Bench, casesOf } from './cases.ts';
import { scanning } from './scanning.ts';

const { values } = parseArgs({
  options: {
    scale: { type: 'string', default: '1' },
    runs: { type: 'string', default: '3' },
    only: { type: 'string', default: '' },
    keep: { type: 'boolean' },
  },
});
const reference = process.env['REFERENCE_NIX']?.split(' ');
if (reference === undefined) throw new Error('REFERENCE_NIX names no command: there is nothing to compare with');

const root = new URL('../..', import.meta.url).pathname;
const scratch = mkdtempSync(join(process.env['BENCH_DIR'] ?? tmpdir(), 'bench-store-'));
const bench: Bench = {
  root,
  scratch,
  reference,
  driver: join(scratch, 'driver.cjs'),
  scale: Number(values.scale),
};

/** One pair of runs, each from a fresh start, the disk at rest. */
async function pair(
  ours: Contender,
  theirs: Contender,
  prepare: () => void,
): Promise<{ ours: Figures; theirs: Figures }> {
  const run = async (contender: Contender): Promise<Figures> => {
    prepare();
    runSync('sync', []);
    return once(contender);
  };
  return { ours: await run(ours), theirs: await run(theirs) };
}

function compared(pairs: readonly { ours: Figures; theirs: Figures }[]): Comparison {
  const median = (pick: (one: (typeof pairs)[number]) => number): number => {
    const sorted = pairs.map(pick).sort((a, b) => a - b);
    return sorted[sorted.length >> 1]!;
  };
  const side = (name: 'ours' | 'theirs'): Figures => ({
    wall: median((one) => one[name].wall),
    cpu: median((one) => one[name].cpu),
    memory: median((one) => one[name].memory),
  });
  return {
    ours: side('ours'),
    theirs: side('theirs'),
    wallRatio: median((one) => one.ours.wall / one.theirs.wall),
    cpuRatio: median((one) => one.ours.cpu / one.theirs.cpu),
    memoryRatio: median((one) => one.ours.memory / one.theirs.memory),
  };
}

try {
  mkdirSync(scratch, { recursive: true });
  await build({
    absWorkingDir: root,
    entryPoints: ['bench/store/driver.ts'],
    outfile: bench.driver,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    define: { 'import.meta.dirname': '__dirname', 'import.meta.filename': '__filename' },
  });
  console.log(heading);
  const wanted = new RegExp(values.only);
  for (const one of casesOf(bench)) {
    if (!wanted.test(one.name)) continue;
    const { ours, theirs, prepare, done } = await one.make();
    const pairs = [];
    for (let i = 0; i < Number(values.runs); i++) pairs.push(await pair(ours, theirs, prepare));
    console.log(formatRow(one.name, compared(pairs)));
    await done?.();
  }
  if (wanted.test('scan')) await scanning(bench, Number(values.runs));
} finally {
  if (values.keep !== true) removeTree(scratch);
}
