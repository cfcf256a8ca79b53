/**
 * A shell where a builder would run: in the same sandbox, with the same inputs, variables and files, in a folder of its
 * own or in that of a failed build that was kept. Nothing that is made there gets into the store.
 */
import * as fs from 'node:fs';
import { basename, join } from 'node:path';
import type { Sink } from '../base/events.ts';
import { baseNameOf, derivationKind, needsResolution, resolveDerivation, type StorePath } from '../formats/index.ts';
import type { LocalStore } from '../store/index.ts';
import type { BuildTarget } from './context.ts';
import { optionsOf } from './derivation-options.ts';
import { builderEnvironment } from './environment.ts';
import { BuildError } from './errors.ts';
import { exportedGraphs } from './export-graph.ts';
import { type BuildOptions, type Settings, settingsOf } from './options.ts';
import { Registry } from './outputs/registry.ts';
import { realise } from './realise.ts';
import { rootOf } from './run-task.ts';
import { findBubblewrap } from './sandbox/find-bubblewrap.ts';
import { LinuxSandbox } from './sandbox/linux.ts';
import { scratchPaths } from './scratch.ts';
import { checkSupported } from './supported.ts';
import { type Room, Workspace } from './workspace.ts';

export interface DevelopRequest {
  readonly drvPath: StorePath;
  /** The folder of a failed build of it, which is worked in and left as it is then. */
  readonly kept: string | undefined;
  /** A line for the shell; undefined: it asks for lines. */
  readonly command: string | undefined;
}

/** Returns the status of the shell. @throws BuildError */
export async function develop(
  store: LocalStore,
  request: DevelopRequest,
  options: BuildOptions,
  sink: Sink,
): Promise<number> {
  const settings = settingsOf(options);
  if (settings.sandbox === 'off') throw noPlace(request.drvPath);
  const target = await targetOf(store, request.drvPath, options, sink);
  const workspace = Workspace.open(store, 1);
  const place = new LinuxSandbox(store, workspace, findBubblewrap(settings.environment), settings);
  const made = workspace.enter();
  try {
    const room = request.kept === undefined ? made : keptRoom(made, request.kept);
    return await enter(store, place, target, room, settings, request.command);
  } finally {
    made.leave();
    place.close();
    await workspace.close();
  }
}

/** The derivation as it would be built, its inputs in the store. */
async function targetOf(
  store: LocalStore,
  drvPath: StorePath,
  options: BuildOptions,
  sink: Sink,
): Promise<BuildTarget> {
  const derivation = store.readDerivation(drvPath);
  const wanted = [...derivation.inputDrvs].map(([input, outputs]) => ({ drvPath: input, outputs }));
  const { outputs } = await realise(store, wanted, options, sink);
  if (!needsResolution(derivation)) {
    const inputs = [...outputs.values()].flatMap((byName) => [...byName.values()]);
    return { drvPath, derivation, original: undefined, inputs, again: false };
  }
  const outputOf = (input: StorePath, name: string): StorePath | undefined => outputs.get(input)?.get(name);
  const resolved = resolveDerivation(store.storeDir, derivation, outputOf)!;
  const target = { drvPath: store.addDerivation(resolved), derivation: resolved, original: drvPath };
  return { ...target, inputs: [], again: false };
}

function keptRoom(made: Room, folder: string): Room {
  const at = (name: string): string => join(folder, name);
  return { ...made, store: at('store'), build: at('build'), temporary: at('tmp') };
}

async function enter(
  store: LocalStore,
  place: LinuxSandbox,
  target: BuildTarget,
  room: Room,
  settings: Settings,
  command: string | undefined,
): Promise<number> {
  const { drvPath, derivation } = target;
  const options = optionsOf(store.storeDir, derivation);
  checkSupported(drvPath, derivation, options, settings);
  const registry = new Registry(store);
  const inputs = registry.closure([...derivation.inputSrcs, ...target.inputs]);
  const shell = shellOf(store, target, inputs);
  const scratch = scratchPaths({ storeDir: store.storeDir, drvPath, derivation, isTaken: () => false });
  const environment = builderEnvironment({
    storeDir: store.storeDir,
    derivation,
    options,
    scratch: scratch.paths,
    redirects: scratch.redirects,
    buildDir: place.buildDir(),
    cores: settings.cores,
    graphs: exportedGraphs(registry, options, new Set(inputs)),
    outside: settings.environment,
  });
  return place.enter({
    ...{ drvPath, derivation, inputs, room, program: shell.program },
    environment: {
      files: new Map([...environment.files, [builderScript, scriptOf(derivation.builder, environment.args)]]),
      variables: new Map([...environment.variables, ['TERM', settings.environment['TERM'] ?? 'dumb']]),
      args: [...shell.args, ...(command === undefined ? ['-i'] : ['-c', command])],
    },
    root: rootOf(drvPath, options, inputs),
    network: derivationKind(derivation) === 'fixed',
    signal: settings.signal ?? new AbortController().signal,
  });
}

/** A file in the builder's folder that does what the builder does: `. ./.builder`. */
const builderScript = '.builder';

function scriptOf(builder: string, args: readonly string[]): string {
  const words = [builder, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  return `${words.join(' ')}\n`;
}

const shells = ['bash', 'sh', 'dash', 'zsh'];

/** The builder, where that is a shell; or the first shell among the inputs. */
function shellOf(
  store: LocalStore,
  { drvPath, derivation, inputs }: BuildTarget,
  closure: readonly StorePath[],
): { program: string; args: string[] } {
  const { builder } = derivation;
  if (shells.includes(basename(builder))) return { program: builder, args: [] };
  if (basename(builder) === 'busybox') return { program: builder, args: ['sh'] };
  for (const path of new Set([...derivation.inputSrcs, ...inputs, ...closure])) {
    for (const name of shells) {
      const file = join(store.realStoreDir, baseNameOf(path), 'bin', name);
      // A link leads to where only builders see something.
      if (fs.lstatSync(file, { throwIfNoEntry: false }) !== undefined)
        return { program: `${path}/bin/${name}`, args: [] };
    }
  }
  throw new BuildError('build/unsupported', `'${drvPath}' has no shell among its inputs`, {
    hint: `Looked for: ${shells.map((name) => `bin/${name}`).join(', ')}.`,
    details: { drvPath },
  });
}

function noPlace(drvPath: StorePath): BuildError {
  return new BuildError('build/unsupported', `there is no sandbox to enter for '${drvPath}'`, {
    hint: 'Leave --no-sandbox out.',
    details: { drvPath },
  });
}
