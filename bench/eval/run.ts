/**
 * sysbuild beside the real Nix, in turn, one table of ratios. Needs `REFERENCE_NIX` (a command that runs its arguments
 * with Nix 2.34 on the path), bash and GNU time.
 *
 *     npm run bench:eval -- [--runs N] [--only RE] [--cold]
 *
 * `--cold` gives every run of ours an empty cache; without it the first run of each program fills the cache uncounted.
 * `BENCH_CORE` and `BENCH_LIB` name checkouts of auxolotl/core and nix-community/nixpkgs.lib for the wide programs.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Contender, compare, formatRow, heading, once } from '../support/pairs.ts';
import { modulesProgram } from './modules.ts';

const root = new URL('../..', import.meta.url).pathname;
const { values } = parseArgs({
  options: { runs: { type: 'string', default: '5' }, only: { type: 'string', default: '' }, cold: { type: 'boolean' } },
});
const reference = process.env['REFERENCE_NIX']?.split(' ');
if (reference === undefined) throw new Error('REFERENCE_NIX names no command: there is nothing to compare with');

const scratch = mkdtempSync(join(tmpdir(), 'bench-eval-'));
const cache = join(scratch, 'cache');

interface Program {
  readonly name: string;
  /** Words after `nix-instantiate`, and after `sysbuild eval` or `instantiate`. */
  readonly nix: readonly string[];
  readonly ours: readonly string[];
}

function programs(): Program[] {
  const folder = join(root, 'bench/eval/programs');
  const micro = readdirSync(folder).map((file) => evalOf(file.replace('.nix', ''), join(folder, file)));
  const modules = [150, 1500].map((count) => {
    const file = join(scratch, `modules-${count}.nix`);
    writeFileSync(file, modulesProgram(count, join(root, 'src/activate/modules')));
    return evalOf(`modules ${count}`, file);
  });
  return [...micro, ...modules, ...wide()].filter(({ name }) => new RegExp(values.only).test(name));
}

function evalOf(name: string, file: string): Program {
  return { name, nix: ['--eval', '--strict', file], ours: ['eval', '--strict', '--file', file] };
}

function wide(): Program[] {
  const [core, lib] = [process.env['BENCH_CORE'], process.env['BENCH_LIB']];
  const found: Program[] = [];
  if (lib !== undefined) found.push(evalOf('lib/tests/misc.nix', join(lib, 'lib/tests/misc.nix')));
  if (core !== undefined) {
    const words = [core, '-A', 'bash'];
    found.push({ name: 'core bash', nix: words, ours: ['instantiate', ...words] });
  }
  return found;
}

const contender = (program: Program): { ours: Contender; theirs: Contender } => ({
  ours: {
    name: `sysbuild ${program.name}`,
    wrapper: [],
    words: [join(root, 'bin/sysbuild'), ...program.ours, '--store', join(scratch, 'ours')],
    env: { XDG_CACHE_HOME: cache },
  },
  theirs: {
    name: `nix ${program.name}`,
    wrapper: reference,
    words: ['nix-instantiate', ...program.nix],
    env: { NIX_REMOTE: `local?root=${join(scratch, 'theirs')}` },
  },
});

try {
  console.log(heading);
  for (const program of programs()) {
    const pair = contender(program);
    rmSync(cache, { recursive: true, force: true });
    mkdirSync(cache);
    if (values.cold)
      pair.ours = { ...pair.ours, env: { XDG_CACHE_HOME: join(scratch, 'never-kept'), SYSBUILD_CACHE: 'off' } };
    else await once(pair.ours);
    console.log(formatRow(program.name, await compare(pair.ours, pair.theirs, Number(values.runs))));
  }
} finally {
  if (existsSync(scratch)) rmSync(scratch, { recursive: true, force: true });
}
