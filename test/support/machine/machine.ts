/** A Debian machine with a real systemd, booted in namespaces for one test; see `machine.sh`. */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished, test } from 'vitest';
import { type RunResult, run, runSync } from '../../../src/base/process.ts';
import type { StorePath } from '../../../src/formats/index.ts';
import type { SystemSpec } from '../../activate/make-system.ts';
import { program, root } from '../program.ts';
import { machineTree, script, unbootable } from './tree.ts';

const maker = new URL('make-systems.ts', import.meta.url).pathname;
const child = new URL('run-child.ts', import.meta.url).pathname;
const node = join(root, 'node_modules/.bin/node');

/** Why no machine can be booted here; undefined where one can. */
export const noMachine: string | undefined = unbootable();

/** A test on a booted machine; reported as not run, with the reason, where none can be booted. */
export function machineTest(name: string, body: (machine: SystemdMachine) => Promise<void>, timeout = 300_000): void {
  if (noMachine !== undefined) {
    test.skip(`${name} (not run: ${noMachine})`, () => {});
    return;
  }
  test(name, async () => body(await SystemdMachine.boot()), timeout);
}

export class SystemdMachine {
  readonly #state: string;
  #pid = 0;

  private constructor(state: string) {
    this.#state = state;
  }

  /** @param whenOver has it taken away; by default when the test is over */
  static async boot(whenOver: (end: () => Promise<void>) => void = onTestFinished): Promise<SystemdMachine> {
    const machine = new SystemdMachine(fs.mkdtempSync(join(tmpdir(), 'sysbuild-machine-')));
    whenOver(async () => {
      if (machine.#pid !== 0) await machine.#script('cut').catch(() => {});
      machine.forget();
    });
    await machine.start();
    return machine;
  }

  /** Removes its disk. */
  forget(): void {
    runSync('rm', ['-rf', this.#state]);
  }

  /** Boots it (again), with the disk that it had. */
  async start(): Promise<void> {
    const env = { ...process.env, SHARE: root.replace(/\/$/, '') };
    const result = await run('bash', [script, 'boot', machineTree, this.#state], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (result.status !== 0) throw new Error(`the machine did not boot: ${result.stderr}`);
    this.#pid = Number(result.stdout.trim());
  }

  /** Everything in it ends at once. */
  async powerCut(): Promise<void> {
    await this.#script('cut');
    this.#pid = 0;
  }

  async shutDown(): Promise<void> {
    await this.#script('off');
    this.#pid = 0;
  }

  async reboot(): Promise<void> {
    await this.shutDown();
    await this.start();
  }

  async #script(verb: string): Promise<void> {
    const result = await run('bash', [script, verb, this.#state]);
    if (result.status !== 0) throw new Error(`machine.sh ${verb}: ${result.stderr}`);
  }

  /** Words that run a program inside. */
  words(words: readonly string[], env: Readonly<Record<string, string>> = {}): [string, string[]] {
    const clean = {
      ...{ PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', LC_ALL: 'C.UTF-8' },
      ...{ TERM: 'dumb', XDG_CACHE_HOME: '/var/cache' },
      ...env,
    };
    const variables = Object.entries(clean).map(([name, value]) => `${name}=${value}`);
    const enter = ['-t', String(this.#pid), '-m', '-u', '-i', '-n', '-p', '-C', '-w', '--', 'env', '-i', ...variables];
    return ['nsenter', [...enter, ...words]];
  }

  run(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<RunResult> {
    const [command, args] = this.words(words, env);
    return run(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  }

  /** Runs a line of shell; what it printed, without the last newline. */
  async sh(line: string): Promise<string> {
    return (await this.run(['sh', '-c', line])).stdout.trimEnd();
  }

  sysbuild(...words: string[]): Promise<RunResult> {
    return this.run([program, ...words, '--root', '/']);
  }

  /** Runs sysbuild, which must end with 0; what it printed. */
  async ok(...words: string[]): Promise<string> {
    const result = await this.sysbuild(...words);
    if (result.status !== 0) throw new Error(`sysbuild ${words.join(' ')}: ${result.status}\n${result.stderr}`);
    return result.stdout;
  }

  /** What the service manager says of a unit, `active` or `failed`. */
  state(unit: string): Promise<string> {
    return this.sh(`systemctl is-active ${unit}`);
  }

  mainPid(unit: string): Promise<string> {
    return this.sh(`systemctl show -P MainPID ${unit}`);
  }

  /** Switches it from a process of the test's own, which ends or stops at a point between two steps. */
  async switchUntil(system: StorePath, action: 'kill' | 'hang', point: string, count = 1): Promise<void> {
    await this.sh('rm -f /run/reached');
    const [command, args] = this.words([node, child, system, action, point, String(count)]);
    const running = run(command, args, { stdio: ['ignore', 'pipe', 'pipe'] }).catch(() => undefined);
    if (action === 'kill') {
      const result = await running;
      if ((await this.sh('cat /run/reached')) === '') throw new Error(`no point ${point}: ${result?.stderr}`);
      return;
    }
    for (let tries = 0; (await this.sh('cat /run/reached 2>/dev/null')) === ''; tries++) {
      if (tries > 300) throw new Error(`no point ${point}`);
      await sleep(100);
    }
  }

  /** Puts systems into its store. */
  async make(...specs: readonly SystemSpec[]): Promise<StorePath[]> {
    const [command, args] = this.words([node, maker]);
    const result = await run(command, args, { input: JSON.stringify(specs) });
    if (result.status !== 0) throw new Error(`make-systems.ts: ${result.stderr}`);
    return JSON.parse(result.stdout) as StorePath[];
  }
}
