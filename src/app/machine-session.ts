/** A machine root with the store behind it, opened for one operation. */
import * as fs from 'node:fs';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import type { Machine } from '../activate/index.ts';
import type { LocalStore } from '../store/index.ts';
import { AppError } from './errors.ts';
import { programPath } from './installation.ts';
import { Session, type SessionOptions } from './session.ts';
import { type LocalStoreLocation, realStoreDir, rootedLocation } from './store-location.ts';

export interface MachineOptions extends SessionOptions {
  /** The folder that stands for the machine's `/`; undefined is refused. */
  readonly root: string | undefined;
  /** Who asked, where that is not this process. */
  readonly by?: string;
  /** The machine is booting at this moment. */
  readonly booting?: boolean;
}

export class MachineSession {
  readonly session: Session;
  readonly root: string;
  readonly location: LocalStoreLocation;
  #store: LocalStore | undefined;
  #machine: Machine | undefined;
  readonly #by: string | undefined;
  readonly #booting: boolean;

  constructor(options: MachineOptions) {
    this.root = machineRoot(options);
    this.session = new Session(options, this.root);
    this.location = rootedLocation(this.root);
    this.#by = options.by;
    this.#booting = options.booting ?? false;
  }

  /** Whether builds go to the machine's own store, and nothing has to be copied. */
  get buildsInPlace(): boolean {
    const { location } = this.session;
    return location.kind === 'local' && realStoreDir(location) === realStoreDir(this.location);
  }

  /** The machine's own store. */
  async store(): Promise<LocalStore> {
    if (this.buildsInPlace) return this.session.store();
    const { openLocalStore } = await import('../store/index.ts');
    const { physicalRoot, storeDir } = this.location;
    this.#store ??= openLocalStore({ physicalRoot, storeDir, sink: this.session.sink });
    return this.#store;
  }

  async machine(): Promise<Machine> {
    const { isSystemdBooted, openMachine, Systemd } = await import('../activate/index.ts');
    const { session, root } = this;
    const runs = root === '/' && isSystemdBooted();
    this.#machine ??= openMachine({
      ...{ root, store: await this.store(), sink: session.sink, by: this.by, program: programPath() },
      ...{ booting: this.#booting, ...(runs ? { manager: new Systemd() } : {}) },
    });
    return this.#machine;
  }

  /** Who is at work, for records and for those who wait. */
  get by(): string {
    return this.#by ?? caller(this.session);
  }

  /** Whether anything was ever switched here. */
  get hasMachine(): boolean {
    return fs.existsSync(join(this.root, 'nix/var/nix/profiles/system'));
  }

  /** The machine, which must have been switched before: a look at an empty folder must not make a store in it. */
  async existingMachine(): Promise<Machine> {
    if (!this.hasMachine) {
      throw new AppError('app/no-root', `there is no machine at '${this.root}': nothing was switched there yet`, {
        hint: `sysbuild switch --root ${this.root} FILE makes one.`,
        details: { root: this.root },
      });
    }
    return this.machine();
  }

  close(): void {
    this.#store?.close();
    this.session.close();
  }
}

/** Opens a machine for one operation and closes it after, however it ends. */
export async function withMachine<T>(
  options: MachineOptions,
  work: (machine: MachineSession) => Promise<T>,
): Promise<T> {
  const session = new MachineSession(options);
  try {
    return await work(session);
  } finally {
    session.close();
  }
}

/** Never `/` unless it was named. */
function machineRoot({ root, env, cwd }: MachineOptions): string {
  const named = root ?? env['SYSBUILD_ROOT'];
  if (named !== undefined && named !== '') return resolve(cwd, named);
  throw new AppError('app/no-root', 'which machine? Name the folder that stands for its root with --root DIR', {
    hint: 'The real machine is meant only by --root / (as root). SYSBUILD_ROOT=DIR names a root for many commands.',
  });
}

/** Who is at work, for records and for those who wait. */
function caller({ env }: Session): string {
  let user = env['SUDO_USER'] ?? env['USER'];
  try {
    user ??= userInfo().username;
  } catch {
    user = `uid ${process.getuid?.()}`; // an id without a name
  }
  return `${user} (pid ${process.pid})`;
}
