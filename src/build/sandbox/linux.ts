/**
 * Runs builders in bubblewrap. Works as root and as an ordinary user: either way the builder is user 1000 of a user
 * namespace in which no other user exists, and holds no capability.
 */
import * as fs from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bytesOf, fromUnicode, toUnicode } from '../../base/bytes.ts';
import { ended, runSync, start } from '../../base/process.ts';
import type { StorePath } from '../../formats/index.ts';
import type { SandboxPath } from '../options.ts';
import type { BuilderJob, BuildPlace, Ending } from '../place.ts';
import { type ProgramEnd, runBuilder } from '../run-builder.ts';
import type { Room, Workspace } from '../workspace.ts';
import { attachScript, attachTable, canAttach } from './attach.ts';
import { bubblewrapOptions, lockedFlags, sandboxScript, stageTable, storeInputs } from './bubblewrap.ts';
import { type OwnDevices, ownDevices } from './devices.ts';
import {
  inputMount,
  linkEtc,
  makeMountPoints,
  mountOptions,
  rootMounts,
  settingMounts,
  writeEtc,
} from './filesystem.ts';
import type { Bubblewrap } from './find-bubblewrap.ts';
import { seccompFilter } from './seccomp.ts';
import { buildDirInSandbox, type Mount, manyInputs, type SandboxSpec, sandboxSpec } from './spec.ts';

export interface SandboxStore {
  readonly storeDir: string;
  readonly realStoreDir: string;
  realPath(path: StorePath): string;
}

/** A builder's job without what watches it; perhaps with another program. */
export type EnteredJob = Omit<BuilderJob, 'output'> & { readonly program?: string };

interface Prepared {
  readonly program: string;
  readonly args: readonly string[];
  /** Open files that the script expects. */
  readonly options: number;
  readonly filter: number;
  close(): void;
}

interface EtcFolder {
  readonly folder: string;
  readonly mounts: readonly Mount[];
}

/** The personality that programs of another system need, by this machine's processor and theirs. */
const personalities: Readonly<Record<string, string>> = { 'x86_64 i686': 'i686', 'aarch64 armv7l': 'armv7l' };

export class LinuxSandbox implements BuildPlace {
  readonly seesStore = false;
  readonly #store: SandboxStore;
  readonly #workspace: Workspace;
  readonly #bubblewrap: Bubblewrap;
  readonly #processor: string;
  readonly #paths: Readonly<Record<string, SandboxPath>>;
  #filter: string | undefined;
  #means: { readonly is: MountMeans | undefined } | undefined;
  #ownDevices: OwnDevices | undefined;
  /** `/etc` without a network and with one: nobody may write in it, so one is enough for all builds. */
  readonly #etc = new Map<string, EtcFolder>();
  readonly #inputs = new Map<StorePath, Mount>();

  /** @param system the kind of this machine, `x86_64-linux` */
  constructor(
    store: SandboxStore,
    workspace: Workspace,
    bubblewrap: Bubblewrap,
    settings: { readonly system: string; readonly sandboxPaths: Readonly<Record<string, SandboxPath>> },
  ) {
    this.#store = store;
    this.#workspace = workspace;
    this.#bubblewrap = bubblewrap;
    this.#processor = processorOf(settings.system);
    this.#paths = settings.sandboxPaths;
  }

  buildDir(): string {
    return buildDirInSandbox;
  }

  outputFolder(room: Room): string {
    return room.store;
  }

  close(): void {
    this.#ownDevices?.remove();
  }

  async run(job: BuilderJob): Promise<Ending> {
    const { program, args, options, filter, close } = this.#prepare(job, false);
    try {
      const end = await runBuilder({
        program,
        args,
        cwd: '/',
        env: plainEnvironment,
        pipe: job.room.pipe,
        output: job.output,
        signal: job.signal,
        grace: undefined,
        extra: [options, filter, 'pipe', this.#workspace.lockDescriptor],
      });
      await allGone(end);
      return endingOf(end);
    } finally {
      close();
    }
  }

  /** Runs a program with our own standard streams where the builder would run. Returns its status. */
  async enter(job: EnteredJob): Promise<number> {
    const { program, args, options, filter, close } = this.#prepare(job, true);
    const nothing = fs.openSync('/dev/null', 'w');
    try {
      const stdio = [
        'inherit',
        'inherit',
        'inherit',
        options,
        filter,
        nothing,
        this.#workspace.lockDescriptor,
      ] as const;
      const child = start(program, args, { cwd: '/', env: plainEnvironment, stdio: [...stdio] });
      const stop = (): void => void child.kill('SIGKILL');
      job.signal.addEventListener('abort', stop);
      const { status } = await ended(child, program);
      job.signal.removeEventListener('abort', stop);
      return status ?? 128 + constants.signals.SIGKILL;
    } finally {
      fs.closeSync(nothing);
      close();
    }
  }

  /** Writes everything that the sandbox is made from; the program and arguments that make it. */
  #prepare(job: EnteredJob, interactive: boolean): Prepared {
    const { room } = job;
    for (const [name, text] of job.environment.files) fs.writeFileSync(join(room.build, name), bytesOf(text));
    const inputs = job.inputs.map((path) => this.#inputMount(path));
    const spec = { ...this.#specOf(job, inputs), interactive };
    const means = this.#meansFor(inputs);
    if (means?.kind === 'staged') makeMountPoints(room.store, this.#store.storeDir, inputs);
    const { script, options, filter } = this.#writeFiles(room, spec, means);
    const [program, ...args] = [...(means?.prefix ?? []), '/bin/sh', script];
    const close = (): void => {
      fs.closeSync(options);
      fs.closeSync(filter);
    };
    return { program: program!, args, options, filter, close };
  }

  #specOf(job: EnteredJob, inputs: readonly Mount[]): SandboxSpec {
    const { room, derivation } = job;
    const etc = this.#etcFor(job.network, job.root);
    const root = job.root === undefined ? [] : rootMounts(this.#store.realPath(job.root));
    return sandboxSpec({
      storeDir: this.#store.storeDir,
      storeFolder: fromUnicode(room.store),
      buildFolder: fromUnicode(room.build),
      temporaryFolder: fromUnicode(room.temporary),
      etcFolder: fromUnicode(etc.folder),
      inputs,
      extra: [...root, ...this.#devices(), ...etc.mounts, ...settingMounts(this.#paths)],
      network: job.network,
      asRoot: isRoot(),
      variables: job.environment.variables,
      program: job.program ?? derivation.builder,
      args: job.environment.args,
      personality: personalities[`${this.#processor} ${processorOf(derivation.system)}`],
    });
  }

  #inputMount(path: StorePath): Mount {
    let mount = this.#inputs.get(path);
    if (mount === undefined) {
      mount = inputMount(this.#store.realPath(path), path);
      this.#inputs.set(path, mount);
    }
    return mount;
  }

  #etcFor(network: boolean, root: StorePath | undefined): EtcFolder {
    const key = `${network ? 'network' : 'alone'} ${root ?? ''}`;
    let etc = this.#etc.get(key);
    if (etc === undefined) {
      const folder = join(this.#workspace.folder, `etc-${this.#etc.size}`);
      fs.mkdirSync(folder);
      etc = { folder, mounts: writeEtc(folder, network) };
      if (root !== undefined) linkEtc(folder, join(this.#store.realPath(root), 'etc'), `${root}/etc`);
      this.#etc.set(key, etc);
    }
    return etc;
  }

  /** The files that the script reads: their texts need not be UTF-8, and may be long. */
  #writeFiles(
    room: Room,
    spec: SandboxSpec,
    means: MountMeans | undefined,
  ): { script: string; options: number; filter: number } {
    const write = (name: string, text: string): string => {
      const path = join(room.folder, name);
      fs.writeFileSync(path, bytesOf(text));
      return fromUnicode(path);
    };
    const options = bubblewrapOptions(spec, this.#bubblewrap.can, means !== undefined);
    const optionsFile = write('options', options.map((option) => `${option}\0`).join(''));
    const bubblewrap = fromUnicode(this.#bubblewrap.path);
    const request = { spec, bubblewrap, stageTable: undefined };
    const text =
      means === undefined
        ? sandboxScript(request)
        : means.kind === 'staged'
          ? sandboxScript({ ...request, stageTable: write('mounts', stageTable(spec, this.#flags())) })
          : sandboxScript({ ...request, attach: this.#attachWords(room, spec, means.script, write) });
    const script = write('run.sh', text);
    return {
      script: toUnicode(script),
      options: fs.openSync(toUnicode(optionsFile), 'r'),
      filter: fs.openSync(this.#filterFile(), 'r'),
    };
  }

  #attachWords(
    room: Room,
    spec: SandboxSpec,
    script: string,
    write: (name: string, text: string) => string,
  ): readonly string[] {
    const table = write('mounts', attachTable(storeInputs(spec)));
    return ['perl', fromUnicode(script), table, fromUnicode(room.store), this.#store.storeDir];
  }

  #devices(): readonly Mount[] {
    if (!isRoot()) return [];
    this.#ownDevices ??= ownDevices(this.#workspace.folder);
    return this.#ownDevices.mounts;
  }

  /** How so many inputs are mounted without bubblewrap; undefined where it can do that itself. */
  #meansFor(inputs: readonly Mount[]): MountMeans | undefined {
    if (this.#bubblewrap.can.cheapBinds || inputs.length <= manyInputs) return undefined;
    this.#means ??= { is: mountMeans(this.#workspace.folder) };
    return this.#means.is;
  }

  #flags(): string[] {
    return lockedFlags(mountOptions(fs.readFileSync('/proc/self/mountinfo', 'utf8'), this.#store.realStoreDir));
  }

  #filterFile(): string {
    if (this.#filter !== undefined) return this.#filter;
    const path = join(this.#workspace.folder, 'seccomp');
    fs.writeFileSync(path, seccompFilter(this.#processor));
    this.#filter = path;
    return path;
  }
}

/** The environment of bubblewrap itself, which the builder can read: the same on every machine. */
const plainEnvironment = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function processorOf(system: string): string {
  return system.slice(0, system.indexOf('-'));
}

/** How many inputs get into a sandbox: put into it when it stands, or mounted beforehand and taken over by it. */
type MountMeans = { readonly prefix: readonly string[] } & (
  | { readonly kind: 'attached'; readonly script: string }
  | { readonly kind: 'staged' }
);

/** What the kernel lets us do, found out by trying. */
function mountMeans(folder: string): MountMeans | undefined {
  const unshare = ['unshare', ...(isRoot() ? [] : ['--user', '--map-root-user']), '--mount'];
  const works = (words: readonly string[]): boolean => {
    try {
      return runSync(words[0]!, words.slice(1)).status === 0;
    } catch {
      return false;
    }
  };
  const script = join(folder, 'attach.pl');
  fs.writeFileSync(script, attachScript());
  const prefix = isRoot() ? [] : unshare;
  if (canAttach && works([...prefix, 'perl', script, folder])) return { kind: 'attached', prefix, script };
  return works([...unshare, 'true']) ? { kind: 'staged', prefix: unshare } : undefined;
}

/**
 * Waits until nothing of a sandbox runs any more. Bubblewrap ends a moment before the first process of its namespace
 * does; that one is a zombie, or gone, only after the kernel has ended all others.
 */
async function allGone({ text }: ProgramEnd): Promise<void> {
  const pid = /"child-pid":\s*(\d+)/.exec(text)?.[1];
  if (pid === undefined) return;
  for (let delay = 0; isAlive(pid); delay = Math.min(delay + 1, 20)) await sleep(delay);
}

function isAlive(pid: string): boolean {
  try {
    const state = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
    return !/\) [ZX]/.test(state);
  } catch {
    return false;
  }
}

/** Bubblewrap reports the status of a program that it has run; without that report it has run none. */
function endingOf({ status, signal, text }: ProgramEnd): Ending {
  const exit = /"exit-code":\s*(\d+)/.exec(text);
  if (exit !== null) return { kind: 'exited', status: Number(exit[1]) };
  const why = signal === null ? `bubblewrap ended with status ${status}` : `bubblewrap was ended by ${signal}`;
  return { kind: 'not-started', why };
}
