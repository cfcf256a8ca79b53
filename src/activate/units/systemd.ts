/**
 * systemd, through its own programs: as root they talk to PID 1 over its private socket, so that a switch works while
 * the message bus is gone, or is itself being changed. `docs/decisions/0011-systemctl.md` says more.
 */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ActivateError } from '../errors.ts';
import { type BoundedResult, boundedRun } from './bounded-run.ts';
import type { LiveUnits } from './live-unit.ts';
import type { EffectCall, ServiceManager, UnitFailure, UnitVerb } from './service-manager.ts';
import { parseInhibitors, parseJobFailures, parseJobs, parseShow, shownProperties } from './systemd-output.ts';

/** Seconds for questions that PID 1 answers at once, on a busy machine too. */
const patience = 60;

/** Whether this machine was booted with systemd, as sd_booted(3) tells. */
export function isSystemdBooted(): boolean {
  return fs.existsSync('/run/systemd/system');
}

export class Systemd implements ServiceManager {
  async live(names: readonly string[], only?: 'only'): Promise<LiveUnits> {
    const show = ['show', `--property=${shownProperties.join(',')}`, '--'];
    const loaded = only === undefined ? parseShow((await this.#ask([...show, '*'])).stdout) : new Map();
    const missing = names.filter((name) => !loaded.has(name));
    if (missing.length === 0) return loaded;
    return new Map([...loaded, ...parseShow((await this.#ask([...show, ...missing])).stdout)]);
  }

  async readAgain(whole: boolean, seconds: number): Promise<void> {
    await this.#ask([whole ? 'daemon-reexec' : 'daemon-reload'], Math.max(seconds, patience));
    // After it began anew, PID 1 needs a moment to answer.
    for (let tries = 0; whole && tries < 100; tries++) {
      if ((await this.#run(['is-system-running'], patience)).stdout.trim() !== 'offline') return;
      await sleep(100);
    }
  }

  async act(verb: UnitVerb, units: readonly string[], seconds: number): Promise<UnitFailure[]> {
    if (units.length === 0) return [];
    const result = await this.#run([verb, '--', ...units], seconds);
    if (result.timedOut) return this.#stuck(verb, units, seconds);
    if (result.status === 0) return [];
    const failed = parseJobFailures(result.stderr, units);
    return Promise.all([...failed].map(async ([unit, why]) => ({ unit, verb, why, status: await this.#status(unit) })));
  }

  /** The jobs that did not end are told with what is known of their units, and cancelled. */
  async #stuck(verb: UnitVerb, units: readonly string[], seconds: number): Promise<UnitFailure[]> {
    const jobs = parseJobs((await this.#run(['list-jobs', '--no-legend', '--plain'], patience)).stdout);
    const ours = jobs.filter((job) => units.includes(job.unit));
    const failures: UnitFailure[] = [];
    for (const job of ours.length > 0 ? ours : jobs) {
      const why = `the job ${job.id} (${job.type}, ${job.state}) did not end within ${seconds} s`;
      failures.push({ unit: job.unit, verb, why, status: await this.#status(job.unit) });
    }
    if (ours.length > 0) await this.#run(['cancel', ...ours.map((job) => job.id)], patience);
    if (failures.length > 0) return failures;
    return [{ unit: units[0]!, verb, why: `it did not end within ${seconds} s`, status: [] }];
  }

  async forget(units: readonly string[]): Promise<void> {
    // One that is gone by itself needs no forgetting.
    if (units.length > 0) await this.#run(['reset-failed', '--', ...units], patience);
  }

  async verify(texts: ReadonlyMap<string, string>): Promise<string[]> {
    if (texts.size === 0) return [];
    const folder = fs.mkdtempSync(join(tmpdir(), 'sysbuild-verify-'));
    try {
      for (const [name, text] of texts) fs.writeFileSync(join(folder, name), text);
      const files = [...texts.keys()].map((name) => join(folder, name));
      const env = { ...process.env, SYSTEMD_UNIT_PATH: `${folder}:`, SYSTEMD_LOG_LEVEL: 'warning' };
      const args = ['verify', '--man=no', '--recursive-errors=no', ...files];
      const result = await boundedRun('systemd-analyze', args, { seconds: patience, env });
      if (result.status === 0) return [];
      // What a systemd does not know it passes over; what it cannot start with is another matter.
      const lines = result.stderr.split('\n').filter((line) => line.trim() !== '' && !/, ignoring\b/.test(line));
      const ours = lines.filter((line) => [...texts.keys()].some((name) => line.includes(name)));
      return (ours.length > 0 ? ours : lines).map((line) => line.replaceAll(`${folder}/`, ''));
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  }

  async inhibitors(): Promise<string[]> {
    const result = await boundedRun('systemd-inhibit', ['--list', '--no-legend', '--no-pager', '--mode=block'], {
      seconds: patience,
    });
    // Without its keeper there is nothing to hold the machine back with.
    return result.status === 0 ? parseInhibitors(result.stdout) : [];
  }

  async effect({ program, args }: EffectCall, seconds: number): Promise<string | undefined> {
    const result = await boundedRun(program, args, { seconds });
    if (result.status === 0) return undefined;
    const said = `${result.stdout}\n${result.stderr}`.trim().split('\n').slice(-5).join('; ');
    return result.timedOut ? `it did not end within ${seconds} s` : said || `it ended with ${result.status}`;
  }

  async continueBoot(): Promise<void> {
    await this.#ask(['start', '--no-block', 'default.target']);
  }

  async #status(unit: string): Promise<string[]> {
    const args = ['status', '--no-pager', '--full', '--lines=10', '--', unit];
    const { stdout } = await this.#run(args, patience);
    return stdout.split('\n').filter((line) => line.trim() !== '');
  }

  #run(args: readonly string[], seconds: number): Promise<BoundedResult> {
    return boundedRun('systemctl', ['--no-ask-password', '--no-pager', ...args], { seconds, env: plainEnvironment() });
  }

  async #ask(args: readonly string[], seconds = patience): Promise<BoundedResult> {
    const result = await this.#run(args, seconds);
    if (result.status === 0) return result;
    const said = result.timedOut ? `it did not answer within ${seconds} s` : result.stderr.trim();
    throw new ActivateError('activate/service-manager', `systemd could not be asked to ${args[0]}: ${said}`, {
      details: { args: [...args], status: result.status },
    });
  }
}

/** What systemctl says is read: it must not be in another language, nor in colours. */
function plainEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, LC_ALL: 'C.UTF-8', SYSTEMD_COLORS: '0', SYSTEMD_URLIFY: '0', SYSTEMD_PAGER: '' };
}
