/**
 * Carries a request out in a process that survives the caller, its terminal and its connection: a transient unit of
 * systemd where that runs, else a session of its own. The caller only follows; what it loses by going away is the view.
 */
import * as fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ActivateError, abortAll, isSystemdBooted, type Machine, type SwitchReport } from '../../activate/index.ts';
import type { Sink } from '../../base/events.ts';
import { run, start } from '../../base/process.ts';
import { RunFolder, type WholeRequest } from './run-folder.ts';

/** Milliseconds between two looks at what happens. */
const pause = 50;
/** Milliseconds until a process must have begun; on a busy machine, starting one takes its time. */
const patience = 60_000;

export interface SuperviseOptions {
  readonly machine: Machine;
  /** The program that carries out runs: an absolute path. */
  readonly program: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly sink: Sink;
  readonly signal: AbortSignal;
}

/** @throws what the run throws; `activate/interrupted` when it died without a word */
export async function supervise(request: WholeRequest, options: SuperviseOptions): Promise<SwitchReport> {
  const folder = RunFolder.make(options.machine.layout.runs, request);
  await launch(folder, options);
  return follow(folder, options);
}

async function launch(folder: RunFolder, { program, env }: SuperviseOptions): Promise<void> {
  const words = [program, 'supervise', folder.path];
  if (isSystemdBooted() && (await launchUnit(folder, program, words, env))) return;
  const child = start(words[0]!, words.slice(1), { detached: true, stdio: 'ignore', cwd: '/', env: { ...env } });
  child.on('error', () => {}); // told when nothing begins
  child.unref();
}

/** Undoes what is left when the run's process is killed, whatever kills it. */
async function launchUnit(
  folder: RunFolder,
  program: string,
  words: readonly string[],
  env: SuperviseOptions['env'],
): Promise<boolean> {
  const name = `sysbuild-run-${folder.path.slice(folder.path.lastIndexOf('/') + 1)}`;
  const passed = ['PATH', 'HOME', 'SYSBUILD_CONFIG', 'SYSBUILD_TOOLS', 'NODE_EXTRA_CA_CERTS'].flatMap((variable) =>
    env[variable] === undefined ? [] : [`--setenv=${variable}=${env[variable]}`],
  );
  const args = [
    ...['--quiet', '--collect', '--no-ask-password', `--unit=${name}`, '--description=A switch of this machine'],
    ...['--property=KillMode=mixed', '--property=SendSIGHUP=no', '--property=OOMScoreAdjust=-900'],
    ...[`--property=ExecStopPost=${program} recover --root / --quiet`, ...passed, '--', ...words],
  ];
  try {
    const result = await run('systemd-run', args, { env: { ...env } });
    return result.status === 0;
  } catch {
    return false; // without the program, a session of its own has to do
  }
}

async function follow(folder: RunFolder, options: SuperviseOptions): Promise<SwitchReport> {
  const began = performance.now();
  let offset = 0;
  let asked = false;
  const tell = (): void => {
    const { events, next } = folder.eventsFrom(offset);
    offset = next;
    for (const event of events) options.sink.emit(event);
  };
  for (;;) {
    tell();
    const isOver = !isAlive(folder, performance.now() - began);
    const result = folder.result();
    if (result !== undefined) return result;
    if (isOver) throw died();
    if (options.signal.aborted && !asked) {
      asked = true;
      void abortAll(options.machine).catch(() => {}); // the run itself says how that ended
    }
    await sleep(pause);
  }
}

/** Whether the run is under way, or may still begin. */
function isAlive(folder: RunFolder, waited: number): boolean {
  const pid = folder.pid();
  return pid === undefined ? waited < patience : fs.existsSync(`/proc/${pid}`);
}

function died(): ActivateError {
  return new ActivateError('activate/interrupted', 'the process that carried out the switch ended without a word', {
    hint: 'sysbuild status says what the machine is now',
  });
}
