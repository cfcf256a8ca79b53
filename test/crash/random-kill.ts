/**
 * Kills sysbuild, with everything that it started, at random moments of builds and switches, and looks whether the
 * next run succeeds and nothing is corrupt. By hand, as long as wanted:
 *
 *     KILLS=200 node test/crash/random-kill.ts
 *
 * Prints a line for each kill, and exits with 1 at the first thing that is not as it should be. SEED repeats a run.
 */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ended, killGroup, run, start } from '../../src/base/process.ts';
import { removeTree } from '../../src/store/index.ts';
import { debianMirror, example, program } from '../support/program.ts';

/** Numbers from 0 to 1 that a seed determines. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A machine with a small graph of builds, whose first ones are fetched and unpacked. */
function machineText(version: number): string {
  return `{ pkgs, ... }:
let
  part = n: pkgs.build {
    name = "part-\${toString n}";
    script = "mkdir -p $out/sub; seq \${toString n}${version} 3000 > $out/sub/list; echo \${toString n} > $out/n";
  };
  parts = map part [ 1 2 3 4 ];
  joined = pkgs.build {
    name = "parts";
    env.parts = parts;
    script = "for part in $parts; do cat $part/sub/list; done > $out";
  };
in
{
  debian.pins = ${join(example, 'debian.json')};
  networking.hostName = "killed";
  environment.etc.version.text = "version ${version}\\n";
  environment.etc.parts.source = joined;
  environment.packages = [ pkgs.userland ];
}
`;
}

class Target {
  readonly folder: string = fs.mkdtempSync(join(tmpdir(), 'sysbuild-kill-'));
  readonly machine: string = join(this.folder, 'machine');
  readonly #file = join(this.folder, 'machine.nix');
  #version = 0;

  #words(): string[] {
    return ['switch', this.#file, '--root', this.machine];
  }

  #env(): NodeJS.ProcessEnv {
    return {
      HOME: this.folder,
      PATH: process.env['PATH'],
      SYSBUILD_TOOLS: process.env['SYSBUILD_TOOLS'],
      SYSBUILD_CONFIG: `mirror-debian = ${debianMirror.url}`,
    };
  }

  next(): void {
    this.#version += 1;
    fs.writeFileSync(this.#file, machineText(this.#version));
  }

  /** Runs the switch to its end. */
  async run(): Promise<void> {
    const { status, stderr } = await run(program, this.#words(), { cwd: this.folder, env: this.#env() });
    if (status !== 0) throw new Error(stderr);
  }

  /** Runs the switch and kills it after some milliseconds; false when it ended before. */
  async kill(after: number): Promise<boolean> {
    const child = start(program, this.#words(), {
      cwd: this.folder,
      env: this.#env(),
      stdio: 'ignore',
      detached: true,
    });
    const end = ended(child, program);
    await Promise.race([sleep(after), end]);
    const killed = child.exitCode === null;
    killGroup(child, 'SIGKILL');
    await end;
    return killed;
  }

  /** The next run must succeed, and everything must be as that run says. */
  async check(): Promise<string[]> {
    const problems: string[] = [];
    const expectRun = async (...words: string[]): Promise<void> => {
      const result = await run(program, words, { cwd: this.folder, env: this.#env() });
      if (result.status !== 0) problems.push(`${words.join(' ')}: ${result.status}\n${result.stdout}${result.stderr}`);
    };
    await expectRun(...this.#words());
    await expectRun('--store', this.machine, 'store', 'verify', '--check-contents');
    await expectRun('status', '--root', this.machine);
    if (problems.length > 0) return problems;
    const version = fs.readFileSync(join(this.machine, 'etc/version'), 'utf8');
    if (version !== `version ${this.#version}\n`) problems.push(`etc/version says '${version}'`);
    return [...problems, ...this.#leftovers()];
  }

  /** Temporary files of killed runs are gone after the next one, or are the next collection's to find. */
  #leftovers(): string[] {
    const etc = fs.readdirSync(join(this.machine, 'etc'));
    return etc
      .filter((name) => !['version', 'parts', 'hostname', 'hosts', 'profile.d'].includes(name))
      .map((name) => `etc/${name} is left`);
  }

  remove(): void {
    removeTree(this.folder);
  }
}

/** Goes on until so many runs were really killed; returns how many were run for it. Throws at the first problem. */
export async function killAtRandom(kills: number, seed: number, say: (line: string) => void): Promise<number> {
  const random = randomNumbers(seed);
  const target = new Target();
  let killed = 0;
  let runs = 0;
  target.next();
  await target.run();
  // How long a run takes that has something to do says where the moments are.
  target.next();
  const started = performance.now();
  await target.run();
  let whole = performance.now() - started;
  while (killed < kills) {
    runs += 1;
    if (runs > 10 * kills + 10) throw new Error('the runs end before they can be killed');
    target.next();
    const after = random() * whole;
    let hit = await target.kill(after);
    // Some runs are killed that would finish what a killed one left.
    while (hit && random() < 0.4) hit = await target.kill(random() * whole);
    if (hit) killed += 1;
    else whole *= 0.95; // The machine has become faster than it was.
    const problems = await target.check();
    say(
      `${killed}/${kills}: ${hit ? `killed after ${Math.round(after)}ms` : 'ended before'}${problems.length > 0 ? ': NOT well' : ''}`,
    );
    if (problems.length > 0) throw new Error(`${problems.join('\n')}\nseed ${seed}, in ${target.folder}`);
  }
  target.remove();
  return runs;
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
  const kills = Number(process.env['KILLS'] ?? 20);
  const runs = await killAtRandom(kills, seed, (line) => process.stdout.write(`${line}\n`));
  process.stdout.write(`${runs} runs, ${kills} of them killed, seed ${seed}: the next run always succeeded\n`);
}
