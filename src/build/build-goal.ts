/**
 * One derivation from its inputs to its registered outputs: lock, look again, prepare, run, take, check, install.
 * What it is given is resolved: all inputs are store paths, or outputs whose paths are known and valid.
 */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { Activity } from '../base/events.ts';
import { faultPoint } from '../base/fault.ts';
import { baseNameOf, type Derivation, derivationKind, outputPath, type StorePath } from '../formats/index.ts';
import { type LocalStore, type PathLocks, type Realisation, removeTree } from '../store/index.ts';
import { builtinPrefix } from './builders/index.ts';
import type { BuildContext, BuildTarget } from './context.ts';
import { type DerivationOptions, optionsOf } from './derivation-options.ts';
import { BuildError, failureOf } from './errors.ts';
import { keptDerivation } from './kept.ts';
import { rewrittenPlace } from './outputs/address.ts';
import { installOutputs } from './outputs/install.ts';
import { compareOutputs } from './outputs/recheck.ts';
import type { Registry } from './outputs/registry.ts';
import { checkTaken, type TakenOutput, type TakeRequest, takeOutputs } from './outputs/take.ts';
import { knownOutputs } from './plan.ts';
import { runTask } from './run-task.ts';
import { manyInputs } from './sandbox/spec.ts';
import { type Scratch, scratchPaths } from './scratch.ts';
import { checkSupported } from './supported.ts';
import type { Room } from './workspace.ts';

export interface Built {
  readonly outputs: ReadonlyMap<string, StorePath>;
  /** False when somebody else had built it meanwhile. */
  readonly here: boolean;
}

/** @throws BuildError */
export async function buildDerivation(context: BuildContext, target: BuildTarget): Promise<Built> {
  try {
    const options = optionsOf(context.store.storeDir, target.derivation);
    checkSupported(target.drvPath, target.derivation, options, context.settings);
    const locked = lockedPaths(context.store, target);
    const locks = await context.store.lockOutputs(locked, context.signal, (path) => tellWait(context, path));
    const held = { paths: new Set(locked), locks, givenAway: false };
    try {
      return await buildLocked(context, target, options, held);
    } finally {
      if (!held.givenAway) locks.release();
    }
  } catch (error) {
    throw failureOf(error, target.drvPath);
  }
}

/** Who makes a derivation's outputs holds their locks, or where their paths are not known, the derivation's. */
function lockedPaths({ storeDir }: LocalStore, { drvPath, derivation }: BuildTarget): StorePath[] {
  const paths = [...derivation.outputs.keys()].map((name) => outputPath(storeDir, derivation, name));
  return paths.every((path) => path !== undefined) ? paths : [drvPath];
}

function tellWait({ sink }: BuildContext, path: string): void {
  sink.emit({ type: 'message', level: 'notice', text: `waiting for another process that makes '${path}'` });
}

function tellKept({ sink }: BuildContext, folder: string): void {
  sink.emit({ type: 'message', level: 'notice', text: `the folder of the failed build is kept: ${folder}` });
}

interface HeldLocks {
  readonly paths: ReadonlySet<StorePath>;
  readonly locks: PathLocks;
  /** Others release them. */
  givenAway: boolean;
}

async function buildLocked(
  context: BuildContext,
  target: BuildTarget,
  options: DerivationOptions,
  held: HeldLocks,
): Promise<Built> {
  const { store, registry, signal } = context;
  const { drvPath, derivation, again } = target;
  const known = settledOutputs(registry, target);
  const complete = known.size === derivation.outputs.size;
  if (complete && !again) return { outputs: known, here: false };
  if (again && !complete) throw notBuiltYet(drvPath);
  signal.throwIfAborted();

  const activity = new Activity(context.sink, isFetch(derivation) ? 'fetch' : 'build', drvPath);
  const inputs = inputClosure(registry, target);
  const room = context.resources.workspace.enter(manyNames(inputs));
  faultPoint('build/room-made');
  const cleanUp: (() => void)[] = [() => room.leave()];
  let ok = false;
  try {
    const settled = again ? new Map<string, StorePath>() : known;
    const { request, taken } = await runAndTake(context, target, options, { inputs, room, settled, activity, cleanUp });
    faultPoint('build/outputs-taken');
    checkTaken(request, taken);
    if (again) compareOutputs(store, drvPath, known, taken);
    else {
      const { signWith } = context.settings;
      const { paths: locked, locks } = held;
      const realisations = recordsOf(target, taken);
      await installOutputs(store, registry, { outputs: taken, realisations, locked, locks, signWith, signal });
      held.givenAway = true;
    }
    ok = true;
    return { outputs: again ? known : withTaken(known, taken), here: true };
  } catch (error) {
    if (context.settings.keepFailed && !signal.aborted) {
      fs.writeFileSync(join(room.folder, keptDerivation), `${target.original ?? drvPath}\n`, 'latin1');
      tellKept(context, room.keep());
    }
    throw error;
  } finally {
    for (const clean of cleanUp) clean();
    activity.stop(ok);
  }
}

/** The names of inputs, where there are so many that their places are worth keeping. */
function manyNames(inputs: readonly StorePath[]): string[] | undefined {
  return inputs.length > manyInputs ? inputs.map((path) => baseNameOf(path)).sort() : undefined;
}

interface Working {
  /** The closure of what it is built from. */
  readonly inputs: readonly StorePath[];
  readonly room: Room;
  readonly settled: ReadonlyMap<string, StorePath>;
  readonly activity: Activity;
  /** To be called at the end, however that comes. */
  readonly cleanUp: (() => void)[];
}

async function runAndTake(
  context: BuildContext,
  target: BuildTarget,
  options: DerivationOptions,
  { inputs, room, settled, activity, cleanUp }: Working,
): Promise<{ request: TakeRequest; taken: TakenOutput[] }> {
  const { store, registry } = context;
  const { drvPath, derivation } = target;
  const builtin = derivation.builder.startsWith(builtinPrefix);
  const place = builtin ? undefined : context.resources.place;
  const scratch = scratchPaths({
    storeDir: store.storeDir,
    drvPath,
    derivation,
    isTaken: (path) => place?.seesStore === true && registry.isValid(path),
  });
  if (place?.seesStore) {
    store.addTempRoots(scratch.paths.values());
    const clear = (): void => clearScratch(registry, scratch, place.outputFolder(room));
    clear();
    cleanUp.push(clear);
  }
  await runTask(context, { target, options, inputs, room, scratch, activity, place });
  faultPoint('build/builder-ended');
  const request: TakeRequest = {
    storeDir: store.storeDir,
    drvPath,
    derivation,
    options,
    scratch: unsettled(scratch, settled),
    allScratch: scratch.paths,
    settled,
    folder: place === undefined ? room.store : place.outputFolder(room),
    inputs,
    ours: builtin,
    // A builder with a network could have handed an open file to a process outside of its sandbox.
    copy: place !== undefined && derivationKind(derivation) === 'fixed',
    infoOf: (path) => registry.pathInfo(path),
    now: Math.floor(Date.now() / 1000),
  };
  return { request, taken: await takeOutputs(request) };
}

/** Where builders write into the store itself, what they leave there and is not valid has to go. */
function clearScratch(registry: Registry, scratch: Scratch, folder: string): void {
  for (const path of scratch.paths.values()) {
    if (!registry.isValid(path)) removeTree(join(folder, baseNameOf(path)));
    removeTree(rewrittenPlace(join(folder, baseNameOf(path))));
  }
}

/** Everything that the builder may see. */
function inputClosure(registry: Registry, { drvPath, derivation, inputs }: BuildTarget): StorePath[] {
  const direct = [...new Set([...derivation.inputSrcs, ...inputs])];
  for (const path of direct) if (!registry.isValid(path)) throw missingInput(drvPath, path);
  return registry.closure(direct);
}

/** The outputs that are there already: all of them, or after a collection some. */
function settledOutputs(registry: Registry, { drvPath, derivation }: BuildTarget): Map<string, StorePath> {
  const settled = new Map<string, StorePath>();
  for (const name of derivation.outputs.keys()) {
    const path = knownOutputs(registry, drvPath, derivation, [name])?.get(name);
    if (path !== undefined) settled.set(name, path);
  }
  return settled;
}

function unsettled(scratch: Scratch, settled: ReadonlyMap<string, StorePath>): Map<string, StorePath> {
  return new Map([...scratch.paths].filter(([name]) => !settled.has(name)));
}

/** Records for outputs whose paths only their content tells. */
function recordsOf({ drvPath, derivation }: BuildTarget, taken: readonly TakenOutput[]): Realisation[] {
  if (derivationKind(derivation) !== 'floating') return [];
  return taken.map(({ outputName, info }) => ({ drvPath, outputName, outPath: info.path }));
}

function withTaken(
  known: ReadonlyMap<string, StorePath>,
  taken: readonly TakenOutput[],
): ReadonlyMap<string, StorePath> {
  return new Map([...known, ...taken.map(({ outputName, info }): [string, StorePath] => [outputName, info.path])]);
}

export function isFetch(derivation: Derivation): boolean {
  return derivation.builder === 'builtin:fetchurl';
}

function notBuiltYet(drvPath: StorePath): BuildError {
  return new BuildError('build/not-built', `'${drvPath}' was not built yet, so there is nothing to compare with`, {
    hint: 'Build it first, then check.',
    details: { drvPath },
  });
}

function missingInput(drvPath: StorePath, path: StorePath): BuildError {
  return new BuildError('build/missing-input', `'${path}', which '${drvPath}' needs, is not in the store`, {
    hint: 'Evaluate the expression again: that puts its sources into the store.',
    details: { drvPath, path },
  });
}
