/** Scratch stores with a busybox in them, derivations in a few words, and a sink that remembers. */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Event, Sink } from '../../src/base/events.ts';
import { runSync } from '../../src/base/process.ts';
import { type BuildOptions, type BuildResult, realise, thisSystem } from '../../src/build/index.ts';
import {
  type Derivation,
  type DerivationOutput,
  downstreamPlaceholder,
  fillOutputPaths,
  type Hash,
  type HashModulo,
  hashBytes,
  hashDerivationModulo,
  hashPlaceholder,
  outputPath,
  type StorePath,
} from '../../src/formats/index.ts';
import { type LocalStore, openLocalStore } from '../../src/store/index.ts';
import { busyboxTree } from '../support/busybox.ts';

export class Recorder implements Sink {
  readonly events: Event[] = [];
  emit(event: Event): void {
    this.events.push(event);
  }
  get log(): string[] {
    return this.events.flatMap((event) => (event.type === 'log' ? [event.line] : []));
  }
  started(kind: string): string[] {
    return this.events.flatMap((event) => (event.type === 'start' && event.kind === kind ? [event.subject] : []));
  }
}

export interface Recipe {
  readonly name?: string;
  /** Run by busybox's shell, with its applets on PATH. */
  readonly script?: string;
  readonly builder?: string;
  readonly args?: readonly string[];
  readonly kind?: 'input-addressed' | 'floating';
  readonly fixed?: { readonly method: 'flat' | 'nar'; readonly hash: Hash };
  readonly outputs?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Other derivations, and the outputs wanted of them. */
  readonly inputs?: readonly (StorePath | { readonly drvPath: StorePath; readonly outputs: readonly string[] })[];
  readonly sources?: readonly StorePath[];
  readonly system?: string;
  readonly json?: string;
}

/** A new folder, in memory where there is such a place: builds wait for the disk, and what is tested seldom is that. */
export function scratchFolder(on: 'memory' | 'disk'): string {
  const parent = on === 'memory' && fs.existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  return fs.mkdtempSync(join(parent, 'build-'));
}

export class Scratch {
  readonly folder: string;
  readonly store: LocalStore;
  readonly sink = new Recorder();
  readonly #modulos = new Map<StorePath, HashModulo>();
  #busybox: StorePath | undefined;

  constructor(folder = scratchFolder('memory'), store?: LocalStore) {
    this.folder = folder;
    this.store = store ?? openLocalStore({ physicalRoot: join(folder, 'root') });
  }

  get busybox(): StorePath {
    this.#busybox ??= this.store.addPath({ physicalPath: busyboxTree(), name: 'busybox', ingestion: 'nar' });
    return this.#busybox;
  }

  /** The `.drv` of a recipe, in the store. */
  derivation(recipe: Recipe): StorePath {
    return this.store.addDerivation(this.derivationOf(recipe));
  }

  derivationOf(recipe: Recipe): Derivation {
    const { storeDir } = this.store;
    const outputs = recipe.outputs ?? ['out'];
    const shell = recipe.builder === undefined ? [this.busybox] : [];
    const inputDrvs = new Map(
      (recipe.inputs ?? []).map((input) =>
        typeof input === 'string' ? [input, ['out']] : [input.drvPath, input.outputs],
      ) as [StorePath, readonly string[]][],
    );
    const env = new Map<string, string>([
      ['name', recipe.name ?? 'test'],
      ...(recipe.builder === undefined ? ([['PATH', `${this.busybox}/bin`]] as const) : []),
      ...Object.entries(recipe.env ?? {}),
    ]);
    if (recipe.kind === 'floating') for (const name of outputs) env.set(name, hashPlaceholder(name));
    else for (const name of outputs) env.set(name, '');
    if (recipe.json !== undefined) {
      env.clear();
      env.set('__json', recipe.json);
      for (const name of outputs) env.set(name, recipe.kind === 'floating' ? hashPlaceholder(name) : '');
    }
    const derivation: Derivation = {
      name: recipe.name ?? 'test',
      outputs: new Map(outputs.map((name) => [name, outputOf(recipe)])),
      inputDrvs,
      inputSrcs: [...shell, ...(recipe.sources ?? [])],
      system: recipe.system ?? thisSystem(),
      builder: recipe.builder ?? `${this.busybox}/bin/sh`,
      args: recipe.args ?? (recipe.script === undefined ? [] : ['-euc', recipe.script]),
      env,
    };
    return fillOutputPaths(storeDir, derivation, (drvPath) => this.modulo(drvPath));
  }

  modulo(drvPath: StorePath): HashModulo {
    let known = this.#modulos.get(drvPath);
    if (known === undefined) {
      const derivation = this.store.readDerivation(drvPath);
      known = hashDerivationModulo(this.store.storeDir, derivation, (input) => this.modulo(input));
      this.#modulos.set(drvPath, known);
    }
    return known;
  }

  /** How a recipe may refer to an output of another derivation. */
  reference(drvPath: StorePath, outputName = 'out'): string {
    const derivation = this.store.readDerivation(drvPath);
    return outputPath(this.store.storeDir, derivation, outputName) ?? downstreamPlaceholder(drvPath, outputName);
  }

  build(drvPath: StorePath, options: BuildOptions = {}): Promise<BuildResult> {
    return realise(this.store, [{ drvPath, outputs: 'all' }], { maxJobs: 2, ...options }, this.sink);
  }

  /** Builds and returns the physical path of an output. */
  async out(drvPath: StorePath, outputName = 'out', options: BuildOptions = {}): Promise<string> {
    return this.store.realPath(await this.path(drvPath, outputName, options));
  }

  async path(drvPath: StorePath, outputName = 'out', options: BuildOptions = {}): Promise<StorePath> {
    const result = await this.build(drvPath, options);
    return result.outputs.get(drvPath)!.get(outputName)!;
  }

  /** What builds left outside of the store: nothing, when all is well. */
  leftovers(): string[] {
    const builds = join(this.store.stateDir, 'builds');
    const names = fs.existsSync(builds) ? fs.readdirSync(builds) : [];
    const inStore = fs.readdirSync(this.store.realStoreDir).filter((name) => /\.(lock|check|final)$|^\.tmp/.test(name));
    return [...names, ...inStore];
  }

  remove(): void {
    this.store.close();
    runSync('chmod', ['-R', 'u+w', this.folder]);
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

function outputOf({ kind, fixed }: Recipe): DerivationOutput {
  if (fixed !== undefined) return { kind: 'fixed', ...fixed };
  if (kind === 'floating') return { kind: 'floating', method: 'nar', algorithm: 'sha256' };
  return { kind: 'deferred' };
}

export function sha256(text: string): Hash {
  return hashBytes('sha256', text);
}

/** The error that something fails with. */
export async function failing(
  work: Promise<unknown>,
): Promise<Error & { code: string; hint: string | undefined; details: Record<string, unknown> }> {
  try {
    await work;
  } catch (error) {
    return error as Awaited<ReturnType<typeof failing>>;
  }
  throw new Error('it did not fail');
}
