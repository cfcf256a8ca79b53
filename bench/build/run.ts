/**
 * sysbuild beside the real Nix: whole builds, each in an empty store of its own, in turn, with a table of ratios. Both
 * build in their sandboxes. Needs `REFERENCE_NIX` (a command that runs its arguments with Nix 2.34 on the path, and has
 * `--store DIR`), bash and GNU time. `REFERENCE_NIX_2` may name another Nix: then the faster of the two counts.
 *
 *     npm run bench:build -- [--runs N] [--only RE] [--scale 0.1] [--folder DIR]
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runSync } from '../../src/base/process.ts';
import { formatHash, hashBytes } from '../../src/formats/index.ts';
import { busyboxTree } from '../../test/support/busybox.ts';
import { type Contender, type Figures, once } from '../support/pairs.ts';
import { type Program, programs, writeLibrary } from './programs.ts';

const root = new URL('../..', import.meta.url).pathname;
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '3' },
    only: { type: 'string', default: '' },
    scale: { type: 'string', default: '1' },
    folder: { type: 'string', default: tmpdir() },
    ours: { type: 'boolean', default: false },
  },
});
const references = [process.env['REFERENCE_NIX'], process.env['REFERENCE_NIX_2']]
  .filter((command) => command !== undefined)
  .map((command) => command.split(' '));
if (references.length === 0 && !values.ours) throw new Error('REFERENCE_NIX names no command to compare with');

const scratch = mkdtempSync(join(values.folder, 'bench-build-'));
const cache = join(scratch, 'cache');
const file = join(scratch, 'default.nix');

const textOf = (index: number): string => `file ${index}`;
const server = createServer((request, response) => response.end(textOf(Number(request.url!.slice(1)))));
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

function removeStore(folder: string): void {
  runSync('sh', ['-c', 'chmod -R u+w "$1" 2>/dev/null; rm -rf "$1"', 'sh', folder]);
}

function ours(store: string): Contender {
  const words = [join(root, 'bin/sysbuild'), 'build', file, '--no-out-link', '--store', store, '--quiet'];
  return { name: 'sysbuild', wrapper: [], words, env: { XDG_CACHE_HOME: cache } };
}

function theirs(reference: readonly string[], store: string): Contender {
  mkdirSync(join(store, 'nix'), { recursive: true });
  const settings = [
    'sandbox = true',
    'sandbox-fallback = false',
    'build-users-group =',
    'substituters =',
    'max-jobs = auto',
  ];
  return {
    name: 'nix',
    wrapper: [...reference, '--store', join(store, 'nix')],
    words: ['nix-build', file, '--no-out-link'],
    env: { NIX_CONFIG: settings.join('\n') },
  };
}

async function measured(program: Program, contender: (store: string) => Contender): Promise<Figures> {
  const store = join(scratch, 'store');
  try {
    const prepared = contender(store);
    if (program.again) await once(prepared);
    return await once(prepared);
  } finally {
    removeStore(store);
  }
}

const median = (figures: readonly Figures[], pick: (figures: Figures) => number): number =>
  figures.map(pick).sort((a, b) => a - b)[figures.length >> 1]!;

async function row(program: Program): Promise<string> {
  writeFileSync(file, program.expression);
  const contenders = [ours, ...references.map((reference) => (store: string) => theirs(reference, store))];
  const all: Figures[][] = contenders.map(() => []);
  for (let i = 0; i < Number(values.runs); i++) {
    for (const [index, contender] of contenders.entries()) all[index]!.push(await measured(program, contender));
  }
  const walls = all.map((figures) => median(figures, ({ wall }) => wall));
  const cpus = all.map((figures) => median(figures, ({ cpu }) => cpu));
  const memory = all.map((figures) => median(figures, (one) => one.memory) / 1024);
  const ratios = [walls, cpus].map(([own, ...others]) => (own! / Math.min(...others)).toFixed(2).padStart(7)).join('');
  const seconds = [...walls, ...cpus].map((time) => `${time.toFixed(2)} s`.padStart(10)).join('');
  const megabytes = memory.map((mebibytes) => `${Math.round(mebibytes)} MiB`.padStart(10)).join('');
  return `${program.name.padEnd(26)}${ratios}${seconds}${megabytes}`;
}

try {
  mkdirSync(cache);
  writeLibrary(scratch, busyboxTree());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const hashOf = (index: number): string => formatHash(hashBytes('sha256', textOf(index)), 'base16');
  const names = ['ours', ...references.map((_, index) => `nix${index + 1}`)];
  const columns = ['wall', 'cpu', 'peak'].flatMap((what) => names.map((name) => `${name} ${what}`.padStart(10)));
  console.log(`${'ratio to the faster Nix'.padEnd(26)}${'wall'.padStart(7)}${'cpu'.padStart(7)}${columns.join('')}`);
  for (const program of programs(Number(values.scale), url, hashOf)) {
    if (new RegExp(values.only).test(program.name)) console.log(await row(program));
  }
} finally {
  server.close();
  rmSync(scratch, { recursive: true, force: true });
}
