/** Runs one builder, ours or another's, with its log and its limits, and says what went wrong when it failed. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import type { Activity } from '../base/events.ts';
import { plural } from '../base/text.ts';
import { baseNameOf, derivationKind, type StorePath } from '../formats/index.ts';
import { builtinBuilder } from './builders/index.ts';
import type { BuildContext, BuildTarget } from './context.ts';
import type { DerivationOptions } from './derivation-options.ts';
import { builderEnvironment } from './environment.ts';
import { BuildError, failureOf } from './errors.ts';
import { exportedGraphs } from './export-graph.ts';
import { Limits } from './limits.ts';
import { LogFile } from './log-file.ts';
import { LogLines } from './log-lines.ts';
import type { BuildPlace, Ending } from './place.ts';
import type { Scratch } from './scratch.ts';
import type { Room } from './workspace.ts';

export interface Task {
  readonly target: BuildTarget;
  readonly options: DerivationOptions;
  /** The closure of its inputs. */
  readonly inputs: readonly StorePath[];
  readonly room: Room;
  readonly scratch: Scratch;
  readonly activity: Activity;
  /** Undefined for builders of our own. */
  readonly place: BuildPlace | undefined;
}

/** @throws BuildError */
export async function runTask(context: BuildContext, task: Task): Promise<void> {
  const { target, activity } = task;
  const { drvPath, original } = target;
  const lines = new LogLines(activity, context.settings.logLines);
  const log = new LogFile(context.store.logDir, original === undefined ? [drvPath] : [drvPath, original]);
  const limits = new Limits(drvPath, context.settings, context.signal);
  const output = (chunk: Buffer): void => {
    limits.heard(chunk.length);
    lines.push(chunk);
    try {
      log.write(chunk);
    } catch (error) {
      limits.stop(failureOf(error, drvPath));
    }
  };
  let logPath: string | undefined;
  let ending: Ending;
  try {
    const running = task.place === undefined ? runOurs : runOthers;
    ending = await running(context, task, output, limits.signal);
    limits.signal.throwIfAborted();
  } catch (error) {
    // Whatever a builder that was stopped fails with: what counts is why it was.
    throw limits.signal.aborted ? limits.signal.reason : error;
  } finally {
    limits.dispose();
    lines.finish();
    logPath = await log.close();
  }
  if (ending.kind === 'exited' && ending.status === 0) return;
  throw failed(context, task, ending, lines.last(), logPath);
}

type Runner = (
  context: BuildContext,
  task: Task,
  output: (chunk: Buffer) => void,
  signal: AbortSignal,
) => Promise<Ending>;

const runOurs: Runner = async (context, task, output, signal) => {
  const { store, settings } = context;
  const { target, options, room, scratch, activity } = task;
  const inputs: ReadonlySet<string> = new Set(task.inputs);
  await builtinBuilder(target.derivation.builder)!({
    drvPath: target.drvPath,
    derivation: target.derivation,
    attributes: options.attributes,
    storeDir: store.storeDir,
    settings,
    signal,
    activity,
    log: (line) => output(Buffer.from(`${line}\n`)),
    folder: room.build,
    outputPlace: (name) => join(room.store, baseNameOf(scratch.paths.get(name)!)),
    realPath: (path) => store.realPath(path),
    isInput: (path) => inputs.has(path),
  });
  return { kind: 'exited', status: 0 };
};

const runOthers: Runner = (context, task, output, signal) => {
  const { store, settings } = context;
  const { target, options, room, scratch } = task;
  const { drvPath, derivation } = target;
  const environment = builderEnvironment({
    storeDir: store.storeDir,
    derivation,
    options,
    scratch: scratch.paths,
    redirects: scratch.redirects,
    buildDir: task.place!.buildDir(room),
    cores: settings.cores,
    graphs: exportedGraphs(context.registry, options, new Set(task.inputs)),
    outside: settings.environment,
  });
  const network = derivationKind(derivation) === 'fixed';
  const root = rootOf(drvPath, options, task.inputs);
  return task.place!.run({
    drvPath,
    derivation,
    environment,
    inputs: task.inputs,
    root,
    room,
    network,
    output,
    signal,
  });
};

/** @throws BuildError `build/invalid-derivation` */
export function rootOf(
  drvPath: StorePath,
  { sandboxRoot }: DerivationOptions,
  inputs: readonly StorePath[],
): StorePath | undefined {
  const root = inputs.find((path) => path === sandboxRoot);
  if (sandboxRoot === undefined || sandboxRoot === '' || root !== undefined) return root;
  const message = `'${drvPath}' has '${sandboxRoot}' as its 'sandboxRoot', which is none of its inputs`;
  throw new BuildError('build/invalid-derivation', message, { details: { drvPath } });
}

function failed(
  context: BuildContext,
  task: Task,
  ending: Ending,
  last: readonly string[],
  logPath: string,
): BuildError {
  const { drvPath, derivation } = task.target;
  if (ending.kind === 'not-started') {
    const unable = last.find((line) => line.startsWith('bwrap: '));
    if (unable === undefined || !unable.startsWith('bwrap: execvp')) return noSandbox(drvPath, ending.why, last);
  }
  const status = ending.kind === 'exited' ? ending.status : 1;
  const details = { drvPath, status, log: logPath, lines: last };
  const tail =
    last.length === 0
      ? ''
      : `\nThe last ${plural(last.length, 'line')} of its log:${last.map((line) => `\n> ${line}`).join('')}`;
  if (isFull(context, task)) {
    const message = `the builder of '${drvPath}' ${inWords(status)}, and the disk is full${tail}`;
    const hint = 'Free some space (old generations keep their closures), then run the same command again.';
    return new BuildError('build/disk-full', message, { hint, details });
  }
  return new BuildError('build/builder-failed', `the builder of '${derivation.name}' ${inWords(status)}${tail}`, {
    hint: `The whole log: ${logPath}`,
    details,
  });
}

function inWords(status: number): string {
  return status > 128
    ? `was ended by signal ${status - 128} (exit status ${status})`
    : `failed with exit status ${status}`;
}

function noSandbox(drvPath: StorePath, why: string, last: readonly string[]): BuildError {
  const said = last.length === 0 ? why : last.join('\n  ');
  return new BuildError('build/no-sandbox', `the sandbox for '${drvPath}' could not be set up:\n  ${said}`, {
    hint: 'The kernel must allow user namespaces (sysctl user.max_user_namespaces, kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns); or build without a sandbox: --no-sandbox.',
    details: { drvPath, why, said: last },
  });
}

/** As little as this is left on a disk that a builder ran out of. */
const nearlyFull = 8 * 1024 * 1024;

function isFull({ store }: BuildContext, { room }: Task): boolean {
  return [store.realStoreDir, room.folder].some((folder) => {
    const state = fs.statfsSync(folder);
    return state.bavail * state.bsize < nearlyFull;
  });
}
