/**
 * sysbuild beside the real Nix, in turn, one table of ratios. Needs `REFERENCE_NIX` (a command that runs its arguments
 * with Nix 2.34 on the path), bash and GNU time.
 *
 *     npm run bench:eval -- [--runs N] [--only RE] [--states cold,code,same]
 *
 * The states of our cache: `cold` has nothing of the program that is evaluated (compiled code of sysbuild itself is
 * part of sysbuild), `code` has its compiled code, `same` the result of the last time as well, with nothing changed.
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
  options: {
    runs: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
    states: { type: 'string', default: 'cold,code,same' },
  },
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

/** What a state has of the cache, and the words that make it so. */
const states: Readonly<Record<string, { readonly without: readonly string[]; readonly words: readonly string[] }>> = {
  cold: { without: ['eval', 'results'], words: ['--no-eval-cache'] },
  code: { without: [], words: ['--no-eval-cache'] },
  same: { without: [], words: [] },
};

const contender = (program: Program, state: string): { ours: Contender; theirs: Contender } => ({
  ours: {
    name: `sysbuild ${program.name}`,
    wrapper: [],
    words: [join(root, 'bin/sysbuild'), ...program.ours, '--store', join(scratch, 'ours'), ...states[state]!.words],
    env: { XDG_CACHE_HOME: cache },
    before() {
      for (const part of states[state]!.without)
        rmSync(join(cache, 'sysbuild', part), { recursive: true, force: true });
    },
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
    rmSync(cache, { recursive: true, force: true });
    mkdirSync(cache);
    for (const state of values.states.split(',')) {
      const pair = contender(program, state);
      // The second run is the first that finds times of its files old enough to trust.
      for (let i = 0; i < 2; i++) await once(pair.ours);
      console.log(formatRow(`${program.name} [${state}]`, await compare(pair.ours, pair.theirs, Number(values.runs))));
    }
  }
} finally {
  if (existsSync(scratch)) rmSync(scratch, { recursive: true, force: true });
}
